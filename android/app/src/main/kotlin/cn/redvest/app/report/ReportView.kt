package cn.redvest.app.report

import android.text.Editable
import android.text.TextWatcher
import android.view.View
import android.view.ViewGroup
import android.widget.EditText
import android.widget.FrameLayout
import cn.redvest.app.R
import cn.redvest.app.parts.accuracyChip
import cn.redvest.app.parts.accuracyM
import cn.redvest.app.parts.nearRow
import cn.redvest.app.parts.thumbnail
import cn.redvest.app.place.Lost
import cn.redvest.app.ui.Loud
import cn.redvest.app.ui.Tone
import cn.redvest.app.ui.Type
import cn.redvest.app.ui.Ui
import cn.redvest.app.ui.Words
import cn.redvest.app.ui.asButton
import cn.redvest.app.ui.banner
import cn.redvest.app.ui.beside
import cn.redvest.app.ui.button
import cn.redvest.app.ui.card
import cn.redvest.app.ui.chip
import cn.redvest.app.ui.choice
import cn.redvest.app.ui.column
import cn.redvest.app.ui.field
import cn.redvest.app.ui.flow
import cn.redvest.app.ui.footer
import cn.redvest.app.ui.group
import cn.redvest.app.ui.icon
import cn.redvest.app.ui.text
import cn.redvest.core.CategoryRow
import cn.redvest.core.Draft
import cn.redvest.core.Fix
import cn.redvest.core.Outcome
import cn.redvest.core.PlaceView
import cn.redvest.core.Reason

/** A photo of the draft. */
data class Shot(
    /** What the core names it by. */
    val hash: String,
    /** Where its small copy lies. */
    val path: String?,
)

/** What the form of a report shows. */
data class ReportState(
    /** What is kept so far. */
    val draft: Draft,
    /** Its category, once one is chosen. */
    val category: CategoryRow?,
    /** Photos of the violation. */
    val before: List<Shot>,
    /** Photos that show it put right. */
    val after: List<Shot>,
    /** What is known of the place. */
    val place: PlaceView?,
    /** The best measurement so far. */
    val fix: Fix?,
    /** Why nothing is measured, if nothing is. */
    val lost: Lost?,
    /** Reasons to report without a good measurement. */
    val reasons: List<Reason>,
    /** Why the last attempt to save failed. */
    val failure: String?,
    /** Whether it is being saved. */
    val saving: Boolean,
    /** When this is shown. */
    val now: Long,
    /** Photos that were taken and are not in the draft yet, since the disk was full; saving takes them in. */
    val waiting: Int = 0,
)

/** What a user can do in the form. */
interface ReportActs {
    /** Takes another photo, of the violation or of it put right. */
    fun shoot(after: Boolean)

    /** Takes a photo off the report. */
    fun drop(shot: Shot)

    /** Chooses the category. */
    fun category()

    /** Moves the pin. */
    fun map()

    /** Picks the grid from the tree. */
    fun grid()

    /** Lets the app measure, or opens the settings that do. */
    fun locate()

    /** Says why it is reported without a good measurement. */
    fun reason(code: String)

    /** Says what was done on the spot; nothing takes it back. */
    fun spot(outcome: Outcome?)

    /** Opens a ticket near by. */
    fun open(ticket: String)

    /** Words changed. */
    fun words(place: String, words: String)

    /** Saves. */
    fun save()
}

/** The form of a report. Each part is shown anew only when it changed, so that nobody's typing is disturbed. */
class ReportView(private val ui: Ui, private val acts: ReportActs) {
    private val trouble = slot()
    private val photos = slot()
    private val category = slot()
    private val position = slot()
    private val nearby = slot()
    private val spot = slot()
    private var shown: ReportState? = null

    /** Words for the place. */
    val place: EditText = ui.field(ui.say(R.string.place_words), hint = ui.say(R.string.place_hint)).apply { id = R.id.place }

    /** What the reporter says. */
    val words: EditText = ui.field(ui.say(R.string.words), 2, ui.say(R.string.words_hint)).apply { id = R.id.words }

    /** The whole form, made once. */
    val view: View = ui.column(12) {
        for (part in listOf(trouble, photos, category, position)) put(part)
        put(place)
        put(nearby)
        put(spot)
        put(words)
    }

    /** Puts in what was written before; from now on what the user writes is told. */
    fun fill(draft: Draft) {
        place.setText(draft.place.orEmpty())
        words.setText(draft.words.orEmpty())
        for (field in listOf(place, words)) field.addTextChangedListener(Typed())
    }

    private fun slot() = FrameLayout(ui.context)

    private inner class Typed : TextWatcher {
        override fun afterTextChanged(s: Editable?) = acts.words(place.text.toString(), words.text.toString())
        override fun beforeTextChanged(s: CharSequence?, start: Int, count: Int, after: Int) = Unit
        override fun onTextChanged(s: CharSequence?, start: Int, before: Int, count: Int) = Unit
    }

    /** Shows what changed. */
    fun show(state: ReportState) {
        val old = shown
        shown = state
        fill(trouble, old?.failure == state.failure) { ui.trouble(state) }
        fill(photos, old?.before == state.before && old.category == state.category && old.waiting == state.waiting) { ui.shots(state, acts) }
        fill(category, old?.category == state.category) {
            ui.categoryCard(state.category?.let { ui.name(it.zh, it.en) }, state.category?.urgent == true, acts::category)
        }
        fill(position, old != null && samePlace(old, state)) { ui.positionCard(state, acts) }
        fill(nearby, old?.place?.nearby == state.place?.nearby) { ui.nearby(state, acts) }
        fill(spot, old?.draft?.outcome == state.draft.outcome && old?.after == state.after) { ui.spot(state, acts) }
    }

    private fun samePlace(old: ReportState, new: ReportState) = old.place == new.place && old.lost == new.lost &&
        old.fix?.accuracyCm == new.fix?.accuracyCm && old.draft.pin == new.draft.pin && old.reasons == new.reasons &&
        old.draft.grid == new.draft.grid && old.draft.gateReason == new.draft.gateReason

    private fun fill(slot: FrameLayout, same: Boolean, make: () -> View?) {
        if (same && slot.childCount > 0) return
        slot.removeAllViews()
        val view = make()
        slot.visibility = if (view == null) View.GONE else View.VISIBLE
        if (view != null) slot.addView(view, ViewGroup.LayoutParams.MATCH_PARENT, ViewGroup.LayoutParams.WRAP_CONTENT)
    }

    /** The button at the bottom. */
    fun foot(saving: Boolean): View = ui.footer(
        ui.button(ui.say(if (saving) R.string.saving else R.string.save_report), Loud.Main, R.drawable.ic_check) {
            if (!saving) acts.save()
        },
    )
}

private fun Ui.trouble(state: ReportState): View? =
    state.failure?.let { banner(Tone.Bad, R.drawable.ic_warning, it, say(R.string.kept_as_draft)) }

private fun Ui.shots(state: ReportState, acts: ReportActs): View = column(8) {
    val missing = (state.category?.photosBefore?.toInt() ?: 1) - state.before.size
    val tiles = state.before.mapIndexed { index, shot -> tile(shot, say(R.string.photo_number, index + 1)) { acts.drop(shot) } }
    put(flow(8, views = tiles + addTile { acts.shoot(false) }))
    if (state.waiting > 0) {
        put(chip(count(R.plurals.photos_waiting_for_room, state.waiting), Tone.Info, R.drawable.ic_photo), width = WRAP)
    } else if (missing > 0) {
        put(chip(count(R.plurals.photos_missing, missing), Tone.Warn, R.drawable.ic_camera), width = WRAP)
    }
}

private const val WRAP = ViewGroup.LayoutParams.WRAP_CONTENT

/** A photo of a form, which a touch takes off it. */
internal fun Ui.tile(shot: Shot, says: String, drop: () -> Unit): View = thumbnail(shot.path, 96, says).apply {
    layoutParams = ViewGroup.LayoutParams(dp(96), dp(96))
    asButton(this, drop)
    contentDescription = say(R.string.drop_photo, says)
}

private fun Ui.addTile(act: () -> Unit): View = column(4) {
    gravity = android.view.Gravity.CENTER
    minimumWidth = dp(96)
    minimumHeight = dp(96)
    setPadding(dp(8), dp(8), dp(8), dp(8))
    background = touchable(ground(R.color.surface, 12, R.color.line))
    contentDescription = say(R.string.add_photo)
    asButton(this, act)
    put(icon(R.drawable.ic_camera), width = dp(24), height = dp(24))
    put(text(say(R.string.add_photo), Type.Small), width = WRAP)
}

/** The category that was chosen, or the place to choose one. */
internal fun Ui.categoryCard(chosen: String?, urgent: Boolean, act: () -> Unit): View {
    val name = chosen ?: say(R.string.choose_category)
    return card(8, says = "${say(R.string.category)}: $name", act = act) {
        put(beside(12) {
            put(column(2) {
                put(text(say(R.string.category), Type.Small))
                put(text(name, Type.Head))
            }, weight = 1f)
            put(icon(R.drawable.ic_forward))
        })
        if (urgent) put(chip(say(R.string.urgent), Tone.Bad, R.drawable.ic_warning), width = WRAP)
    }
}

private fun Ui.positionCard(state: ReportState, acts: ReportActs): View = card(10) {
    val path = state.place?.gridPath.orEmpty().joinToString(" › ") { it.name }
    put(beside(12) {
        put(icon(R.drawable.ic_pin))
        put(column(2) {
            put(text(path.ifEmpty { say(R.string.place_unknown) }, Type.Head))
            state.place?.run { handlerZh?.let { name(it, handlerEn) } }?.let { put(text(say(R.string.goes_to, it), Type.Soft)) }
        }, weight = 1f)
    })
    put(flow(8, views = listOf(accuracy(state), gate(state))))
    when (state.lost) {
        Lost.DENIED -> put(text(say(R.string.place_denied), Type.Soft))
        Lost.OFF -> put(text(say(R.string.place_off), Type.Soft))
        null -> Unit
    }
    val measured = state.lost == null
    put(flow(8, views = listOfNotNull(
        if (measured) null else button(say(if (state.lost == Lost.OFF) R.string.open_settings else R.string.allow), act = acts::locate),
        if (state.draft.pin != null) button(say(R.string.move_pin), act = acts::map) else null,
        button(say(R.string.pick_grid), act = acts::grid),
    )))
    if (state.reasons.isNotEmpty()) {
        put(text(say(R.string.why_inexact), Type.Body))
        put(flow(8, views = state.reasons.map { reason ->
            choice(pick(reason.zh, reason.en), reason.code == state.draft.gateReason) { acts.reason(reason.code) }
        }))
    }
}

private fun Ui.accuracy(state: ReportState): View? =
    accuracyChip(state.fix != null, state.fix?.let(::accuracyM), state.lost, state.place?.gateMet != false)

private fun Ui.gate(state: ReportState): View? {
    val gate = state.place?.gateM?.toInt() ?: return null
    return if (state.place.gateMet) null else chip(say(R.string.gate, gate), Tone.Plain)
}

private fun Ui.nearby(state: ReportState, acts: ReportActs): View? {
    val near = state.place?.nearby.orEmpty()
    if (near.isEmpty()) return null
    val words = Words(this, state.now)
    return column(8) {
        put(group(say(R.string.near_by)))
        near.take(3).forEach { put(nearRow(it, words) { acts.open(it.ticket) }) }
    }
}

private fun Ui.spot(state: ReportState, acts: ReportActs): View = column(8) {
    val now = state.draft.outcome
    put(group(say(R.string.on_the_spot)))
    put(flow(8, views = listOf(
        choice(say(R.string.spot_none), now == null) { acts.spot(null) },
        choice(say(R.string.spot_rectified), now == Outcome.RECTIFIED) { acts.spot(Outcome.RECTIFIED) },
        choice(say(R.string.spot_persuaded), now == Outcome.PERSUADED) { acts.spot(Outcome.PERSUADED) },
    )))
    if (now != Outcome.RECTIFIED) return@column
    val tiles = state.after.mapIndexed { index, shot -> tile(shot, say(R.string.after_number, index + 1)) { acts.drop(shot) } }
    put(flow(8, views = tiles + addTile { acts.shoot(true) }))
    val missing = (state.category?.photosAfter?.toInt() ?: 1) - state.after.size
    if (missing > 0) put(chip(count(R.plurals.after_missing, missing), Tone.Warn, R.drawable.ic_camera), width = WRAP)
}
