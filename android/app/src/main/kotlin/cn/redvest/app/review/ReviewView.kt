package cn.redvest.app.review

import android.graphics.Bitmap
import android.view.View
import android.view.ViewGroup
import android.widget.EditText
import cn.redvest.app.R
import cn.redvest.app.parts.FAR_M
import cn.redvest.app.parts.numberChip
import cn.redvest.app.parts.pressingChip
import cn.redvest.app.parts.weightChips
import cn.redvest.app.ui.Loud
import cn.redvest.app.ui.MAIN_TARGET
import cn.redvest.app.ui.Tone
import cn.redvest.app.ui.Type
import cn.redvest.app.ui.Ui
import cn.redvest.app.ui.Words
import cn.redvest.app.ui.banner
import cn.redvest.app.ui.beside
import cn.redvest.app.ui.button
import cn.redvest.app.ui.card
import cn.redvest.app.ui.chip
import cn.redvest.app.ui.choice
import cn.redvest.app.ui.column
import cn.redvest.app.ui.distance
import cn.redvest.app.ui.empty
import cn.redvest.app.ui.fact
import cn.redvest.app.ui.field
import cn.redvest.app.ui.flow
import cn.redvest.app.ui.footer
import cn.redvest.app.ui.group
import cn.redvest.app.ui.heading
import cn.redvest.app.ui.icon
import cn.redvest.app.ui.lacking
import cn.redvest.app.ui.text
import cn.redvest.core.Act
import cn.redvest.core.PhotoRow
import cn.redvest.core.Reason
import cn.redvest.core.Shows
import cn.redvest.core.TicketDetail

/** Two photos of one place; one may be missing. */
data class Views(
    /** What was wrong. */
    val before: PhotoRow?,
    /** What it looks like now. */
    val after: PhotoRow?,
)

/** The photos to compare: those after are of the present round; where there are more of them, the last before stays beside them. */
fun pairsOf(detail: TicketDetail): List<Views> {
    val before = detail.photos.filter { it.shows == Shows.BEFORE }
    val after = detail.photos.filter { it.shows == Shows.AFTER && it.round == detail.row.round }
    return List(maxOf(before.size, after.size, 1)) { Views(before.getOrNull(it) ?: before.lastOrNull(), after.getOrNull(it)) }
}

/** Where the best copy of a photo lies that is on this phone. */
fun pathOf(photo: PhotoRow): String? = photo.reviewPath ?: photo.originalPath ?: photo.thumbnailPath

/** What became of the ticket before. */
data class Told(
    /** How it went. */
    val tone: Tone,
    /** What is said. */
    val words: String,
    /** What more. */
    val more: String? = null,
)

/** What the review shows. */
data class ReviewState(
    /** The ticket that is looked at; none when all are done. */
    val detail: TicketDetail?,
    /** When this is shown. */
    val now: Long,
    /** What became of the one before. */
    val told: Told? = null,
    /** Which pair of photos is looked at. */
    val index: Int = 0,
    /** Pictures that were read, by where they lie; nothing for what is no picture. */
    val pictures: Map<String, Bitmap?> = emptyMap(),
    /** Whether the pictures are still being read. */
    val reading: Boolean = false,
    /** Reasons for sending back. */
    val reasons: List<Reason> = emptyList(),
    /** Codes of those that are chosen; nothing while nobody thinks of sending it back. */
    val chosen: List<String>? = null,
    /** Tickets that were put off and still wait. */
    val putOff: Int = 0,
    /** Whether the reviewer wanted to send it back without a reason, which is said beside the button while there is none. */
    val asksForMore: Boolean = false,
)

/** What a reviewer can do. */
interface ReviewActs {
    /** Finds the work good. */
    fun pass()

    /** Chooses reasons for sending it back; nothing leaves it be. */
    fun choose(reasons: List<String>?)

    /** Sends it back for what was chosen. */
    fun sendBack()

    /** Goes to the next without a verdict. */
    fun skip()

    /** Looks at another pair of photos. */
    fun look(index: Int)

    /** Shows the whole ticket. */
    fun open()

    /** Goes through those again that were put off. */
    fun again()

    /** Leaves. */
    fun leave()
}

/** The review of one ticket after the other. The photos and what is written stay the same views while the rest is drawn anew. */
class ReviewView(private val ui: Ui, private val acts: ReviewActs) {
    /** What the reviewer says. */
    val words: EditText = ui.field(ui.say(R.string.words), 2, ui.say(R.string.say_something)).apply { id = R.id.words }

    /** Both photos. */
    val pair: PhotoPair = PhotoPair(ui)

    /** What the screen says. */
    fun body(state: ReviewState): View {
        val detail = state.detail ?: return done(state)
        for (kept in listOf(words, pair)) (kept.parent as? ViewGroup)?.removeView(kept)
        val said = Words(ui, state.now)
        val pairs = pairsOf(detail)
        val index = state.index.coerceIn(pairs.indices)
        pair.show(
            seen(state, pairs[index].before, R.string.photos_before, said), seen(state, pairs[index].after, R.string.photos_after, said),
        )
        return ui.column(12) {
            put(told(state))
            put(ui.text(ui.name(detail.row.categoryZh, detail.row.categoryEn), Type.Title).apply { heading(this) })
            put(pair)
            put(small(pairs[index]))
            if (pairs.size > 1) {
                put(ui.flow(8, views = pairs.indices.map { at -> ui.choice(ui.say(R.string.photo_number, at + 1), at == index) { acts.look(at) } }))
            }
            val chosen = state.chosen
            if (chosen != null) put(reasons(state.reasons, chosen))
            put(doubts(detail, pairs))
            put(facts(detail, said))
            if (chosen == null) {
                put(ui.flow(8, views = listOf(ui.button(ui.say(R.string.review_open), act = acts::open), ui.button(ui.say(R.string.review_skip), act = acts::skip))))
            }
        }
    }

    /** The buttons at the bottom: only what the core offers. */
    fun foot(state: ReviewState): View? {
        val offered = state.detail?.acts ?: return null
        if (state.chosen != null) {
            val lack = ui.say(R.string.lack_reason).takeIf { state.asksForMore && state.chosen.isEmpty() }
            return ui.lacking(lack, ui.footer(second(R.string.cancel) { acts.choose(null) }, main(R.string.act_send_back, null, acts::sendBack)))
        }
        val back = if (Act.SEND_BACK in offered) second(R.string.act_send_back) { acts.choose(emptyList()) } else null
        val pass = if (Act.PASS in offered) main(R.string.act_pass, R.drawable.ic_check, acts::pass) else null
        val shown = listOfNotNull(back, pass).ifEmpty { listOf(main(R.string.review_next, R.drawable.ic_forward, acts::skip)) }
        return ui.footer(*shown.toTypedArray())
    }

    private fun second(words: Int, act: () -> Unit) = ui.button(ui.say(words), act = act).apply { minHeight = ui.dp(MAIN_TARGET) }

    private fun main(words: Int, sign: Int?, act: () -> Unit) = ui.button(ui.say(words), Loud.Main, sign, act)

    private fun told(state: ReviewState): View? = state.told?.let { told ->
        ui.banner(told.tone, if (told.tone == Tone.Good) R.drawable.ic_check else R.drawable.ic_warning, told.words, told.more)
    }

    private fun done(state: ReviewState): View = ui.column(12) {
        put(told(state))
        val again = if (state.putOff == 0) null else ui.button(ui.count(R.plurals.review_again, state.putOff), act = acts::again)
        put(ui.empty(R.drawable.ic_check, ui.say(R.string.review_done), ui.say(R.string.review_done_more), ui.column(8) {
            put(again)
            put(ui.button(ui.say(R.string.back), if (again == null) Loud.Second else Loud.Quiet, act = acts::leave))
        }))
    }

    private fun seen(state: ReviewState, photo: PhotoRow?, name: Int, said: Words): Seen {
        val path = photo?.let(::pathOf)
        val missing = when {
            photo == null -> R.string.review_no_photo
            path == null -> R.string.review_waiting
            state.reading -> R.string.review_reading
            else -> R.string.doubt_undecodable
        }
        return Seen(ui.say(name), photo?.taken?.let(said::time), path?.let(state.pictures::get), ui.say(missing))
    }

    private fun reasons(reasons: List<Reason>, chosen: List<String>): View = ui.column(8) {
        put(ui.group(ui.say(R.string.why_several)))
        put(ui.flow(8, views = reasons.map { reason ->
            val on = reason.code in chosen
            ui.choice(ui.pick(reason.zh, reason.en), on) { acts.choose(if (on) chosen - reason.code else chosen + reason.code) }
        }))
        put(words)
    }

    private fun doubts(detail: TicketDetail, pairs: List<Views>): View? {
        val named = pairs.mapNotNull { it.before }.distinct().mapIndexed { at, photo -> ui.say(R.string.before_number, at + 1) to photo } +
            pairs.mapNotNull { it.after }.mapIndexed { at, photo -> ui.say(R.string.after_number, at + 1) to photo }
        val doubts = ui.doubts(detail, named)
        if (doubts.isEmpty()) return null
        return ui.card(6, Tone.Warn) {
            put(ui.beside(8) {
                put(ui.icon(R.drawable.ic_warning, Tone.Warn.ink))
                put(ui.text(ui.say(R.string.review_doubts), Type.Head, Tone.Warn.ink).apply { heading(this) }, weight = 1f)
            })
            doubts.forEach { put(ui.text(it, Type.Soft, R.color.ink)) }
        }
    }

    /** Says that a closer look has to wait. */
    private fun small(shown: Views): View? {
        val small = listOfNotNull(shown.before, shown.after).any { it.reviewPath == null && it.originalPath == null && it.thumbnailPath != null }
        return if (small) ui.flow(8, views = listOf(ui.chip(ui.say(R.string.review_small), Tone.Info, R.drawable.ic_photo))) else null
    }

    private fun facts(detail: TicketDetail, said: Words): View = ui.card(8) {
        val row = detail.row
        put(ui.text(listOfNotNull(row.place, row.gridZh).distinct().joinToString(" · "), Type.Head))
        put(ui.flow(6, views = listOf(ui.pressingChip(row, said), ui.numberChip(row)) + ui.weightChips(row)))
        val work = detail.history.lastOrNull { it.event == detail.rectification }
        if (work != null) {
            put(ui.fact(ui.say(R.string.review_by), work.author))
            put(ui.fact(ui.say(R.string.review_at), said.time(work.happened)))
            work.distanceM?.let { put(ui.fact(ui.say(R.string.review_from_pin), ui.distance(it.toInt()), Tone.Warn.takeIf { _ -> it > FAR_M })) }
            work.aboutZh?.let { zh -> put(ui.fact(ui.say(R.string.review_outcome), ui.pick(zh, work.aboutEn ?: zh))) }
            work.words?.let { put(ui.text(ui.say(R.string.review_quote, work.author, it))) }
        }
        row.words?.let { put(ui.text(ui.say(R.string.review_quote, row.reporter, it), Type.Soft)) }
    }
}
