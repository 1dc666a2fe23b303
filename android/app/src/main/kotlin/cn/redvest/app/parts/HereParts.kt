package cn.redvest.app.parts

import android.view.View
import cn.redvest.app.R
import cn.redvest.app.place.Lost
import cn.redvest.app.ui.Tone
import cn.redvest.app.ui.Ui
import cn.redvest.app.ui.chip
import cn.redvest.app.ui.distance
import cn.redvest.app.ui.flow
import cn.redvest.core.Fix
import cn.redvest.core.Position
import cn.redvest.core.distanceM

/** Metres from which on it is doubtful that somebody stood where the ticket is: more than a bad fix explains. */
const val FAR_M: UInt = 200u

/** Where somebody stands who works on a ticket, as far as a screen shows it. */
data class Here(
    /** Why nothing is measured, if nothing is. */
    val lost: Lost?,
    /** Accuracy of the measurement in whole metres, rounded up; nothing where it is not known. */
    val accuracyM: Int?,
    /** Whether anything was measured. */
    val measured: Boolean,
    /** Metres to the ticket's pin, as far as both are known. */
    val distanceM: UInt?,
    /** Accuracy that needs no reason, in metres; nothing accepts any. */
    val gateM: UInt?,
) {
    /** Whether the accuracy needs no reason. */
    val gateMet: Boolean get() = gateM == null || accuracyM != null && accuracyM.toUInt() <= gateM
}

/** Where somebody stands, beside a ticket's pin. */
fun here(fix: Fix?, lost: Lost?, pin: Position?, gateM: UInt?): Here =
    Here(lost, fix?.let(::accuracyM), fix != null, if (fix == null || pin == null) null else distanceM(fix.position, pin), gateM)

/** A measurement's accuracy in whole metres, rounded up; nothing where its source gave none. */
fun accuracyM(fix: Fix): Int? = fix.accuracyCm?.let { (it.toInt() + 99) / 100 }

/** How far it is to the place that was reported, and how exactly that is known. */
fun Ui.hereChips(here: Here): View = flow(8, views = listOf(
    here.distanceM?.let { distanceChip(it) }, accuracyChip(here.measured, here.accuracyM, here.lost, here.gateMet),
    here.gateM?.takeIf { !here.gateMet }?.let { chip(say(R.string.gate, it.toInt()), Tone.Plain) },
))

/** How exactly the phone knows where it is; nothing where it may not know. */
fun Ui.accuracyChip(measured: Boolean, accuracyM: Int?, lost: Lost?, gateMet: Boolean): View? = when {
    !measured -> if (lost == null) chip(say(R.string.measuring), Tone.Info) else null
    accuracyM == null -> chip(say(R.string.accuracy_unknown), Tone.Warn)
    else -> chip(say(R.string.accuracy, accuracyM), if (gateMet) Tone.Good else Tone.Warn)
}

/** How far somebody stands or stood from the place that was reported; a warning where that is doubtful. */
fun Ui.distanceChip(metres: UInt): View {
    val words = say(R.string.from_pin, distance(metres.toInt()))
    return if (metres > FAR_M) chip(words, Tone.Warn, R.drawable.ic_warning) else chip(words)
}
