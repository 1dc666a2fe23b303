package cn.redvest.app

import android.app.AlertDialog
import android.content.Intent
import android.os.Bundle
import android.view.View
import cn.redvest.app.enrol.EnrolActivity
import cn.redvest.app.home.Begun
import cn.redvest.app.home.HomeTab
import cn.redvest.app.home.begun
import cn.redvest.app.home.nameOf
import cn.redvest.app.report.ReportActivity
import cn.redvest.app.review.ReviewActivity
import cn.redvest.app.sync.SyncTab
import cn.redvest.app.ticket.ActActivity
import cn.redvest.app.ticket.TicketActivity
import cn.redvest.app.ui.Frame
import cn.redvest.app.ui.Tone
import cn.redvest.app.ui.Words
import cn.redvest.app.ui.banner
import cn.redvest.app.ui.column
import cn.redvest.app.ui.navigation
import cn.redvest.app.work.Which
import cn.redvest.app.work.WorkTab
import cn.redvest.core.Act
import cn.redvest.core.Home
import cn.redvest.core.Work
import cn.redvest.sdk.RedVestFailure

/** The places of the bottom navigation, one at a time. */
class MainActivity : Page() {
    private var at = HOME
    private lateinit var frame: Frame
    private val home by lazy { HomeTab(this) }
    private val work by lazy { WorkTab(this) }
    private val review by lazy { WorkTab(this, Work.REVIEW) }
    private val sync by lazy { SyncTab(this) }

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        at = savedInstanceState?.getInt(AT) ?: intent.getIntExtra(AT, HOME)
        frame()
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        go(intent.getIntExtra(AT, at))
    }

    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        outState.putInt(AT, at)
    }

    private fun frame() {
        val title = when (at) {
            WORK -> R.string.to_do
            REVIEW -> R.string.nav_review
            SYNC -> R.string.sync_title
            else -> null
        }
        frame = Frame(ui, title?.let { ui.say(it) }, null)
        setContentView(frame)
    }

    override suspend fun follow() {
        if (app.redVest().ask { account() } == null) {
            startActivity(Intent(this, EnrolActivity::class.java))
            return finish()
        }
        when (at) {
            WORK -> work.follow()
            REVIEW -> review.follow()
            SYNC -> sync.follow()
            else -> home.follow()
        }
    }

    /** Goes to a place. */
    fun go(to: Int) {
        if (to == at) return
        at = to
        frame()
        followAnew()
    }

    /** Back leads to the first place before it leads out. */
    @Deprecated("Its replacement came with API 33.")
    @Suppress("DEPRECATION")
    override fun onBackPressed() {
        if (at != HOME) go(HOME) else super.onBackPressed()
    }

    /** Shows a place: what it says, and what can be done above the navigation. */
    fun show(home: Home?, body: View, foot: View?) {
        frame.body(body)
        frame.foot(ui.column {
            put(foot)
            put(ui.navigation(placesOf(home), at, ::go))
        })
    }

    override fun failed(failure: RedVestFailure) {
        val words = ui.pick(failure.zh, failure.en)
        show(null, ui.banner(Tone.Bad, R.drawable.ic_warning, words, ui.say(R.string.code_is, failure.code)), null)
    }

    @Deprecated("Its replacement is no part of the framework.")
    override fun onActivityResult(requestCode: Int, resultCode: Int, data: Intent?) {
        sync.chosen(requestCode, resultCode, data?.data)
    }

    /** Begins a report. */
    fun goReport(): Unit = startActivity(Intent(this, ReportActivity::class.java))

    /** Goes on with what was begun; where that is more than one thing, with the one that the user chooses. */
    fun goDrafts() = act { core ->
        val begun = core.ask { begun() }
        if (begun.size == 1) return@act goOn(begun.single())
        if (begun.isEmpty()) return@act
        val words = Words(ui, app.now())
        AlertDialog.Builder(this).setTitle(R.string.drafts_title)
            .setItems(begun.map { ui.nameOf(it, words) }.toTypedArray()) { _, at -> goOn(begun[at]) }
            .setNegativeButton(R.string.cancel, null).show()
    }

    private fun goOn(with: Begun) {
        val ticket = with.draft.ticket
        startActivity(
            if (ticket != null) ActActivity.intent(this, ticket, Act.RECTIFY)
            else Intent(this, ReportActivity::class.java).putExtra(ReportActivity.DRAFT, with.draft.id),
        )
    }

    /** Opens a ticket. */
    fun goTicket(ticket: String): Unit = startActivity(TicketActivity.intent(this, ticket))

    /** Begins the review, with this ticket first if one is named. */
    fun goReview(ticket: String?): Unit = startActivity(ReviewActivity.intent(this, ticket))

    /** Shows a kind of work. */
    fun goList(to: Work?) {
        if (to == Work.REVIEW) return go(REVIEW)
        work.which(if (to == null) Which.Mine else Which.ToDo(to))
        go(WORK)
    }

    companion object {
        /** Which place, as an extra. */
        const val AT: String = "at"

        /** The first place. */
        const val HOME: Int = 0

        /** What is to be done. */
        const val WORK: Int = 1

        /** What is to be judged. */
        const val REVIEW: Int = 2

        /** What is to be sent. */
        const val SYNC: Int = 3
    }
}
