package cn.redvest.app.ticket

import android.view.Gravity
import android.view.View
import android.view.ViewGroup
import cn.redvest.app.R
import cn.redvest.app.parts.thumbnail
import cn.redvest.app.report.tile
import cn.redvest.app.ui.Tone
import cn.redvest.app.ui.Type
import cn.redvest.app.ui.Ui
import cn.redvest.app.ui.asButton
import cn.redvest.app.ui.button
import cn.redvest.app.ui.chip
import cn.redvest.app.ui.choice
import cn.redvest.app.ui.column
import cn.redvest.app.ui.flow
import cn.redvest.app.ui.group
import cn.redvest.app.ui.text
import cn.redvest.core.Act
import cn.redvest.core.Outcome
import cn.redvest.core.PhotoRow
import cn.redvest.core.PhotoVerdict
import cn.redvest.core.Shows

private const val WRAP = ViewGroup.LayoutParams.WRAP_CONTENT

/** What came of the work. */
internal fun Ui.outcomes(form: ActForm, acts: ActActs): View? {
    if (form.act != Act.RECTIFY) return null
    val names = listOf(
        Outcome.RECTIFIED to R.string.outcome_rectified, Outcome.PERSUADED to R.string.outcome_persuaded,
        Outcome.NOTHING_FOUND to R.string.outcome_nothing,
    )
    return flow(8, views = names.map { (outcome, name) ->
        choice(say(name), form.outcome == outcome) { acts.change(form.copy(outcome = outcome)) }
    })
}

/** The photos that the form binds, and how many more it needs. */
internal fun Ui.shots(form: ActForm, acts: ActActs): View? {
    val needed = form.needed ?: return null
    if (form.outcome != null && form.outcome != Outcome.RECTIFIED) return null
    val missing = needed - form.photos.size
    return column(8) {
        put(group(say(if (form.act == Act.RECTIFY) R.string.photos_after else R.string.photos_evidence)))
        put(flow(8, views = form.photos.mapIndexed { index, shot -> tile(shot, say(R.string.photo_number, index + 1)) { acts.drop(shot) } }))
        if (form.waiting > 0) put(chip(count(R.plurals.photos_waiting_for_room, form.waiting), Tone.Info, R.drawable.ic_photo), width = WRAP)
        else if (missing > 0) put(chip(count(if (form.act == Act.RECTIFY) R.plurals.after_missing else R.plurals.photos_missing, missing), Tone.Warn, R.drawable.ic_camera), width = WRAP)
        put(button(say(R.string.shoot), sign = R.drawable.ic_camera, act = acts::shoot))
    }
}

/** Which of the ticket's photos is judged, and how. */
internal fun Ui.judgement(form: ActForm, acts: ActActs): View? {
    val judgement = form.judgement ?: return null
    fun change(to: PhotoJudgement) = acts.change(form.copy(judgement = to))
    return column(8) {
        put(group(say(R.string.which_photo)))
        put(flow(8, views = judgement.photos.map { photo ->
            photoChoice(photo, nameOf(photo, judgement.photos), photo.original == judgement.photo) { change(judgement.copy(photo = photo.original)) }
        }))
        val chosen = judgement.photos.find { it.original == judgement.photo }
        if (chosen != null) put(flow(8, views = listOf(button(say(R.string.look_closely), sign = R.drawable.ic_search) { acts.look(chosen) })))
        put(group(say(R.string.verdict)))
        put(flow(8, views = VERDICTS.map { (verdict, name) ->
            choice(say(name), judgement.verdict == verdict) { change(judgement.copy(verdict = verdict)) }
        }))
    }
}

private val VERDICTS = listOf(
    PhotoVerdict.FINE to R.string.verdict_fine, PhotoVerdict.UNCLEAR to R.string.verdict_unclear,
    PhotoVerdict.OTHER_PLACE to R.string.verdict_other_place, PhotoVerdict.REUSED to R.string.verdict_reused,
    PhotoVerdict.STAGED to R.string.verdict_staged, PhotoVerdict.PRIVATE to R.string.verdict_private,
)

/** What a photo is called among those of its ticket: what it shows, its place among these, and its round. */
private fun Ui.nameOf(photo: PhotoRow, all: List<PhotoRow>): String {
    val kind = say(
        when (photo.shows) {
            Shows.BEFORE -> R.string.photos_before
            Shows.AFTER -> R.string.photos_after
            Shows.EVIDENCE -> R.string.photos_evidence
        },
    )
    val alike = all.filter { it.shows == photo.shows && it.round == photo.round }
    return listOf("$kind ${alike.indexOf(photo) + 1}", say(R.string.round, photo.round.toInt())).joinToString(" · ")
}

private fun Ui.photoChoice(photo: PhotoRow, name: String, chosen: Boolean, act: () -> Unit): View = column(6) {
    gravity = Gravity.CENTER_HORIZONTAL
    setPadding(dp(8), dp(8), dp(8), dp(8))
    background = touchable(if (chosen) ground(R.color.accent_soft, 16, R.color.accent_ink) else ground(R.color.surface, 16, R.color.line))
    asButton(this, act)
    isSelected = chosen
    contentDescription = "$name, ${say(if (chosen) R.string.chosen else R.string.not_chosen)}"
    put(thumbnail(photo.thumbnailPath ?: photo.reviewPath, 112, null), width = dp(112), height = dp(112))
    put(text(name, Type.Small, if (chosen) R.color.accent_ink else R.color.ink_soft).apply { gravity = Gravity.CENTER }, width = dp(112))
}
