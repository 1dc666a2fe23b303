package cn.redvest.app.home

import android.view.Gravity
import android.view.View
import cn.redvest.app.R
import cn.redvest.app.parts.numberChip
import cn.redvest.app.parts.pressingChip
import cn.redvest.app.ui.Loud
import cn.redvest.app.ui.Tone
import cn.redvest.app.ui.Type
import cn.redvest.app.ui.Ui
import cn.redvest.app.ui.Words
import cn.redvest.app.ui.banner
import cn.redvest.app.ui.beside
import cn.redvest.app.ui.button
import cn.redvest.app.ui.card
import cn.redvest.app.ui.chip
import cn.redvest.app.ui.column
import cn.redvest.app.ui.flow
import cn.redvest.app.ui.footer
import cn.redvest.app.ui.group
import cn.redvest.app.ui.icon
import cn.redvest.app.ui.text
import cn.redvest.app.ui.toggle
import cn.redvest.core.BlobRole
import cn.redvest.core.Home
import cn.redvest.core.NewsRow
import cn.redvest.core.Tally
import cn.redvest.core.TicketRow
import cn.redvest.core.Work

/** What the first screen shows. */
data class HomeState(
    /** The core's own account. */
    val home: Home,
    /** Own events that the hub refused, the newest first. */
    val refused: List<NewsRow>,
    /** Own events that came too late, the newest first. */
    val tooLate: List<NewsRow>,
    /** Whether the user is on a duty shift. */
    val onDuty: Boolean,
    /** Whether a sync is under way. */
    val syncing: Boolean,
    /** When this is shown, in milliseconds since 1970 in UTC. */
    val now: Long,
    /** How many of the drafts are of rectifications; the others are of reports. */
    val rectifying: Int = 0,
)

/** What a user can do on the first screen. */
interface HomeActs {
    /** Begins a report. */
    fun report()

    /** Goes on with what was begun. */
    fun drafts()

    /** Opens a ticket. */
    fun open(ticket: String)

    /** Stops showing what was refused or too late. */
    fun dismiss(event: String)

    /** Begins or ends the duty shift. */
    fun duty(on: Boolean)

    /** Shows what waits to be sent. */
    fun queue()

    /** Shows a kind of work; nothing shows what this member reported. */
    fun list(work: Work?)
}

/** How many pieces of news stand on the first screen at once; the others follow as these are put away. */
private const val NEWS = 3

/** The first screen: what went wrong, what waits, what is due next; the large button under it is [reportButton]. */
fun Ui.homeBody(state: HomeState, acts: HomeActs): View = column(12) {
    val words = Words(this@homeBody, state.now)
    put(greeting(state))
    put(warnings(state, acts))
    put(news(state, words, acts))
    put(waiting(state, words, acts))
    put(dutyCard(state, acts))
    state.home.next?.let { next ->
        put(group(say(R.string.due_next)))
        put(nextCard(next, words, acts))
    }
    put(tallies(state.home.tallies, acts))
}

/** The large button, alone at the bottom. */
fun Ui.reportButton(acts: HomeActs): View = footer(
    button(say(R.string.report), Loud.Main, R.drawable.ic_camera, acts::report).apply {
        textSize = Type.Title.sp
        minHeight = dp(72)
    },
)

private fun Ui.greeting(state: HomeState): View = column(2) {
    setPadding(dp(4), dp(4), dp(4), dp(4))
    state.home.workspace?.let { put(text(it, Type.Soft)) }
    // A pseudonym, which stands in for a name that was not fetched yet, greets nobody.
    val name = state.home.member?.takeUnless { it.startsWith("#") }
    put(text(if (name == null) say(R.string.hello_you) else say(R.string.hello, name), Type.Display).also(::asHeading))
}

private fun asHeading(view: View) = cn.redvest.app.ui.heading(view)

private fun Ui.warnings(state: HomeState, acts: HomeActs): View? {
    val home = state.home
    val views = ArrayList<View>()
    if (home.needsUpdate) {
        views += banner(Tone.Bad, R.drawable.ic_warning, say(R.string.needs_update), say(R.string.needs_update_more))
    }
    if (home.clockDoubtful) {
        views += banner(Tone.Warn, R.drawable.ic_clock, say(R.string.clock_doubtful), say(R.string.clock_doubtful_more))
    }
    val begun = home.drafts.toInt()
    if (begun > 0) {
        val drafts = when (state.rectifying) {
            0 -> R.plurals.drafts
            begun -> R.plurals.drafts_of_work
            else -> R.plurals.drafts_of_both
        }
        val goOn = button(say(R.string.go_on), Loud.Second, act = acts::drafts)
        views += banner(Tone.Info, R.drawable.ic_note, count(drafts, begun), say(R.string.drafts_more), listOf(goOn))
    }
    return if (views.isEmpty()) null else column(12) { views.forEach { put(it) } }
}

private fun Ui.news(state: HomeState, words: Words, acts: HomeActs): View? {
    val all = state.refused.map { it to false } + state.tooLate.map { it to true }
    if (all.isEmpty()) return null
    return column(12) {
        all.sortedByDescending { it.first.at }.take(NEWS).forEach { (row, late) -> put(newsCard(row, late, words, acts)) }
        val more = all.size - NEWS
        if (more > 0) put(text(count(R.plurals.more_news, more), Type.Soft))
    }
}

private fun Ui.newsCard(row: NewsRow, late: Boolean, words: Words, acts: HomeActs): View {
    val what = pick(row.kindZh, row.kindEn)
    val head = say(if (late) R.string.was_late else R.string.was_refused, what)
    val winner = row.winner?.let {
        say(R.string.came_first, pick(it.kindZh, it.kindEn), it.name, words.time(it.at))
    }
    val why = listOfNotNull(row.number, winner, pick(row.zh, row.en)).joinToString("\n")
    val ticket = row.ticket
    val buttons = listOfNotNull(
        ticket?.let { button(say(R.string.look), act = { acts.open(it) }) },
        button(say(R.string.understood), act = { acts.dismiss(row.event) }),
    )
    val tone = if (late) Tone.Warn else Tone.Bad
    return banner(tone, if (late) R.drawable.ic_clock else R.drawable.ic_warning, head, why, buttons)
}

/** Photos of which something waits: as many as there are files of the kind that waits most. */
internal fun photosWaiting(home: Home): Int = home.photos.maxOfOrNull { it.files.toInt() } ?: 0

private fun Ui.waiting(state: HomeState, words: Words, acts: HomeActs): View {
    val photos = photosWaiting(state.home)
    val events = state.home.eventsWaiting.toInt()
    val originalsOnly = events == 0 && state.home.photos.all { it.role == BlobRole.ORIGINAL || it.files == 0uL }
    val (head, tone, sign) = when {
        state.syncing -> Triple(say(R.string.syncing), Tone.Info, R.drawable.ic_sync)
        photos > 0 && originalsOnly -> Triple(count(R.plurals.originals_waiting, photos), Tone.Plain, R.drawable.ic_wifi)
        photos > 0 -> Triple(count(R.plurals.photos_waiting, photos), Tone.Warn, R.drawable.ic_photo)
        events > 0 -> Triple(count(R.plurals.events_waiting, events), Tone.Warn, R.drawable.ic_send)
        else -> Triple(say(R.string.all_sent), Tone.Good, R.drawable.ic_check)
    }
    val last = state.home.lastSync?.let { say(R.string.last_sync, words.time(it)) } ?: say(R.string.never_synced)
    val unbound = state.home.unboundPhotos.toInt()
    return card(8, says = "$head. $last", act = acts::queue) {
        put(beside(12) {
            put(icon(sign, tone.ink))
            put(column(2) {
                put(text(head, Type.Head))
                put(text(last, Type.Soft))
            }, weight = 1f)
            put(icon(R.drawable.ic_forward))
        })
        if (unbound > 0) put(chip(count(R.plurals.unbound, unbound), Tone.Warn, R.drawable.ic_photo), width = WRAP)
    }
}

private const val WRAP = android.view.ViewGroup.LayoutParams.WRAP_CONTENT

private fun Ui.nextCard(row: TicketRow, words: Words, acts: HomeActs): View {
    val name = name(row.categoryZh, row.categoryEn)
    return card(8, says = "${say(R.string.due_next)}: $name", act = { acts.open(row.ticket) }) {
        put(text(name, Type.Head))
        row.place?.let { put(text(it, Type.Soft)) }
        put(flow(8, views = listOf(pressingChip(row, words), numberChip(row))))
    }
}

private fun Ui.tallies(tallies: List<Tally>, acts: HomeActs): View? {
    if (tallies.isEmpty()) return null
    val (mine, work) = tallies.partition { it.work == null }
    return column(8) {
        if (work.isNotEmpty()) put(group(say(R.string.to_do)))
        put(flow(8, views = work.map { tallyView(it, acts) }))
        if (mine.isNotEmpty()) put(group(say(R.string.reported_by_me)))
        put(flow(8, views = mine.map { tallyView(it, acts) }))
    }
}

private fun Ui.tallyView(tally: Tally, acts: HomeActs): View {
    val name = tally.work?.let { "${workName(it)} · ${pick(tally.stageZh, tally.stageEn)}" } ?: pick(tally.stageZh, tally.stageEn)
    return beside(8) {
        setPadding(dp(14), dp(8), dp(14), dp(8))
        minimumHeight = dp(48)
        background = touchable(ground(R.color.surface, 14, R.color.line))
        contentDescription = "$name ${tally.tickets}"
        cn.redvest.app.ui.asButton(this) { acts.list(tally.work) }
        put(text("${tally.tickets}", Type.Title, R.color.accent_ink))
        put(text(name, Type.Body).apply { gravity = Gravity.CENTER_VERTICAL })
    }
}

/** What a kind of work is called. */
fun Ui.workName(work: Work): String = say(
    when (work) {
        Work.RECTIFY -> R.string.work_rectify
        Work.ASSIST -> R.string.work_assist
        Work.DISPATCH -> R.string.work_dispatch
        Work.REVIEW -> R.string.work_review
        Work.ANSWER -> R.string.work_answer
    },
)

private fun Ui.dutyCard(state: HomeState, acts: HomeActs): View = toggle(
    say(if (state.onDuty) R.string.on_duty else R.string.off_duty),
    say(if (state.onDuty) R.string.on_duty_more else R.string.off_duty_more),
    state.onDuty,
    acts::duty,
)
