package cn.redvest.app.work

import android.view.View
import cn.redvest.app.MainActivity
import cn.redvest.app.R
import cn.redvest.app.ui.Loud
import cn.redvest.app.ui.button
import cn.redvest.app.ui.footer
import cn.redvest.core.Home
import cn.redvest.core.Mine
import cn.redvest.core.TicketRow
import cn.redvest.core.Work
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.flatMapLatest
import kotlinx.coroutines.flow.map

private data class Wish(val which: Which, val pages: Int)

private data class Told(val home: Home, val rows: List<TicketRow>, val more: Boolean)

/** A place of tickets: shows [WorkState] as it changes. With [only] it shows one kind of work alone. */
class WorkTab(private val main: MainActivity, private val only: Work? = null) : WorkActs {
    private val wish = MutableStateFlow(Wish(Which.ToDo(only), 1))

    /** Shows it until cancelled. */
    @OptIn(ExperimentalCoroutinesApi::class)
    suspend fun follow() {
        wish.flatMapLatest { wish ->
            main.watchWithTime { told(wish) }.map { (told, now) ->
                told.home to WorkState(told.rows, told.more, wish.which, kinds(told.home, wish.which), now)
            }
        }.distinctUntilChanged().collectLatest { (home, state) -> main.show(home, main.ui.workBody(state, this), foot(state)) }
    }

    private fun cn.redvest.core.Device.told(wish: Wish): Told {
        val rows = ArrayList<TicketRow>()
        var next: String? = null
        repeat(wish.pages) { page ->
            if (page > 0 && next == null) return@repeat
            val got = when (val which = wish.which) {
                is Which.ToDo -> workList(which.work, next)
                Which.Mine -> mine(Mine.REPORTED, next)
            }
            rows += got.rows
            next = got.next
        }
        return Told(home(), rows, next != null)
    }

    /** Kinds of work that this member has, always with what is shown now. */
    private fun kinds(home: Home, shown: Which): List<Which> {
        if (only != null) return emptyList()
        val kinds = home.tallies.mapNotNull { it.work }.distinct().map { Which.ToDo(it) }
        val all: List<Which> = listOf(Which.ToDo(null)) + kinds + Which.Mine
        return if (shown in all) all else all + shown
    }

    override fun which(which: Which) {
        wish.value = Wish(which, 1)
    }

    /** What is to be judged is judged one after the other. */
    private fun foot(state: WorkState): View? {
        if (only != Work.REVIEW || state.rows.isEmpty()) return null
        return main.ui.footer(main.ui.button(main.ui.say(R.string.review_begin), Loud.Main, R.drawable.ic_review) { main.goReview(null) })
    }

    override fun open(ticket: String): Unit = if (only == Work.REVIEW) main.goReview(ticket) else main.goTicket(ticket)

    override fun more() {
        wish.value = wish.value.let { it.copy(pages = it.pages + 1) }
    }
}
