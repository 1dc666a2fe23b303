package cn.redvest.app.ticket

import android.Manifest
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager
import android.os.Bundle
import android.provider.Settings
import android.text.Editable
import android.text.TextWatcher
import cn.redvest.app.Page
import cn.redvest.app.R
import cn.redvest.app.camera.SystemCamera
import cn.redvest.app.parts.Here
import cn.redvest.app.parts.here
import cn.redvest.app.place.Positions
import cn.redvest.app.report.Choosing
import cn.redvest.app.report.Incoming
import cn.redvest.app.report.Shot
import cn.redvest.app.review.pathOf
import cn.redvest.app.ui.Frame
import cn.redvest.app.ui.Loud
import cn.redvest.app.ui.Tone
import cn.redvest.app.ui.banner
import cn.redvest.app.ui.button
import cn.redvest.app.ui.column
import cn.redvest.core.Act
import cn.redvest.core.CategoryRow
import cn.redvest.core.Fix
import cn.redvest.core.GridRow
import cn.redvest.core.PhotoRow
import cn.redvest.core.Position
import cn.redvest.core.Shows
import cn.redvest.core.TicketDetail
import cn.redvest.sdk.RedVestFailure
import java.io.File
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/** What stands on the screen. */
private enum class Step { FORM, SHOOT, CATEGORY, MAP, GRID }

/**
 * The form of one act on one ticket. What is filled in stays over a rotation and the end of the process; of a rectification
 * it stays in a draft, also when the screen is left.
 */
class ActActivity : Page(), ActActs {
    private val positions by lazy { Positions(this) }
    private val choosing by lazy { Choosing(this, ::showForm) }
    private val system = SystemCamera(this)
    private val shooting by lazy {
        Shooting(this, if (act == Act.RECTIFY) R.string.shoot_after_title else R.string.shoot_title, system, ::showForm, ::taken)
    }
    private val incoming by lazy { Incoming(app, system::awaited) { "$act-$ticketId" } }
    private val view by lazy { ActView(ui, this) }
    private lateinit var ticketId: String
    private lateinit var act: Act
    private var rectifying: Rectifying? = null
    private var ticket: TicketDetail? = null
    private var form: ActForm? = null
    private val loading = Mutex()
    private var kept: Bundle? = null
    private var keptFix: Fix? = null
    private var frame: Frame? = null
    private var step = Step.FORM
    private var pinAt: Position? = null

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        ticketId = requireNotNull(intent.getStringExtra(TICKET)) { "whoever opens this screen names the ticket" }
        act = Act.valueOf(requireNotNull(intent.getStringExtra(ACT)) { "whoever opens this screen names the act" })
        if (act == Act.RECTIFY) rectifying = Rectifying(app, ticketId)
        kept = savedInstanceState
        system.restore(savedInstanceState)
        step = savedInstanceState?.getString(STEP)?.let(Step::valueOf) ?: Step.FORM
        pinAt = savedInstanceState?.getIntArray(PIN_AT)?.let { Position(it[0], it[1]) }
    }

    override suspend fun follow() {
        loaded()
        positions.start(::moved)
        show()
        moved()
        takeWaiting()
    }

    private suspend fun loaded() = loading.withLock { if (form == null) load() }

    /** The form as it was left: by the draft of a rectification, else by what this screen kept for itself. */
    private suspend fun load() {
        val draft = rectifying?.load()
        val fix = positions.now()
        val (detail, empty) = app.redVest().ask {
            val detail = ticket(ticketId)
            val empty = formOf(act, detail, app.now())
            val gate = if (draft?.draft?.gateReason == null) empty.reasons else reasons().gate
            detail to empty.copy(reasons = gate)
        }
        ticket = detail
        val from = kept
        var filled = if (from == null) empty else empty.restored(from)
        if (draft != null) {
            keptFix = draft.draft.fix?.agedBy(app.now() - draft.draft.changed)
            filled = filled.copy(outcome = draft.draft.outcome ?: empty.outcome, photos = draft.photos, chosen = listOfNotNull(draft.draft.gateReason))
        }
        view.words.setText(if (draft == null) from?.getString(WORDS) else draft.draft.words)
        view.place.setText(from?.getString(PLACE) ?: filled.place?.wordsBefore)
        view.words.addTextChangedListener(Typed())
        form = filled
        if (filled.place != null) know(filled, fix)
    }

    private inner class Typed : TextWatcher {
        override fun afterTextChanged(s: Editable?) = keep()
        override fun beforeTextChanged(s: CharSequence?, start: Int, count: Int, after: Int) = Unit
        override fun onTextChanged(s: CharSequence?, start: Int, before: Int, count: Int) = Unit
    }

    /** Keeps a rectification as it is filled in now. */
    private fun keep() {
        val with = rectifying ?: return
        val now = form ?: return
        val words = view.words.text.toString().ifEmpty { null }
        val fix = fix()
        act {
            with.keep { draft ->
                draft.copy(
                    outcome = now.outcome, gateReason = now.chosen.firstOrNull(), words = words, fix = fix ?: draft.fix,
                    after = now.photos.map { it.hash },
                )
            }
        }
    }

    /** Where the phone is; while nothing is measured, where it was when the draft was kept. */
    private fun fix(): Fix? = positions.now() ?: keptFix

    override fun onStop() {
        positions.stop()
        shooting.close()
        super.onStop()
    }

    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        system.save(outState)
        val now = form ?: return
        outState.putString(STEP, step.name)
        outState.putString(WORDS, view.words.text.toString())
        outState.putString(PLACE, view.place.text.toString())
        pinAt?.let { outState.putIntArray(PIN_AT, intArrayOf(it.latE7, it.lonE7)) }
        now.save(outState)
    }

    private fun show() = when (step) {
        Step.FORM -> showForm()
        Step.SHOOT -> showCamera()
        Step.CATEGORY -> choosing.category(::chosen)
        Step.MAP -> showMap()
        Step.GRID -> choosing.grid(::picked)
    }

    private fun go(to: Step) {
        step = to
        show()
    }

    private fun showForm() {
        shooting.close()
        step = Step.FORM
        pinAt = null
        frame = Frame(ui, ui.actName(act), ::finish).also(::setContentView)
        draw()
    }

    private fun draw() {
        val now = form ?: return
        frame?.body(view.body(now, app.now(), rectifying?.isKept == true))
        frame?.foot(view.foot(now))
    }

    override fun change(form: ActForm) {
        this.form = form.copy(failure = null)
        draw()
        keep()
    }

    // Where the phone is

    private fun moved() {
        val now = whereNow() ?: return
        view.show(now)
        if (step == Step.SHOOT) shooting.show(now)
    }

    /** Nothing but for a rectification, which tells how far off it was done. */
    private fun whereNow(): Here? {
        val of = ticket?.takeIf { act == Act.RECTIFY } ?: return null
        return here(fix(), positions.lost(), of.row.pin, of.accuracyGateM)
    }

    override fun locate() {
        if (positions.may()) startActivity(Intent(Settings.ACTION_LOCATION_SOURCE_SETTINGS)) else requestPermissions(PLACE_RIGHTS, 1)
    }

    // Photos

    override fun shoot() {
        val missing = (PLACE_RIGHTS + Manifest.permission.CAMERA).filter { checkSelfPermission(it) != PackageManager.PERMISSION_GRANTED }
        if (Manifest.permission.CAMERA !in missing) return go(Step.SHOOT)
        step = Step.SHOOT
        requestPermissions(missing.toTypedArray(), 1)
    }

    override fun onRequestPermissionsResult(requestCode: Int, permissions: Array<out String>, grantResults: IntArray) {
        super.onRequestPermissionsResult(requestCode, permissions, grantResults)
        if (form == null) return
        positions.start(::moved)
        if (step == Step.SHOOT) show()
        moved()
    }

    private fun showCamera() {
        val before = ticket?.photos?.firstOrNull { act == Act.RECTIFY && it.shows == Shows.BEFORE }
        shooting.show(before?.let { it.reviewPath ?: it.thumbnailPath }, whereNow()) { incoming.fileFor("photo") }
    }

    @Deprecated("Its replacement is no part of the framework.")
    override fun onActivityResult(requestCode: Int, resultCode: Int, data: Intent?) {
        system.answered(requestCode, resultCode)?.let(::taken)
    }

    private fun taken(file: File) = act {
        loaded()
        take(file)
        keep()
        showForm()
    }

    /** Takes photos in that the core does not have yet because the process ended or the disk was full. */
    private suspend fun takeWaiting() = incoming.waiting().forEach { take(it) }

    private suspend fun take(file: File) {
        try {
            incoming.take(file) { shot ->
                rectifying?.keep { draft -> if (shot.hash in draft.after) draft else draft.copy(after = draft.after + shot.hash) }
                form = form?.let { now -> if (now.photos.any { it.hash == shot.hash }) now else now.copy(photos = now.photos + shot, failure = null) }
            }
        } finally {
            form = form?.copy(waiting = incoming.waiting().size)
            if (step == Step.FORM) draw()
        }
    }

    override fun drop(shot: Shot) {
        android.app.AlertDialog.Builder(this).setMessage(R.string.drop_photo_sure)
            .setPositiveButton(R.string.take_off) { _, _ -> form?.let { change(it.copy(photos = it.photos - shot)) } }
            .setNegativeButton(R.string.keep, null).show()
    }

    override fun look(photo: PhotoRow) {
        val path = pathOf(photo) ?: return
        startActivity(Intent(this, PhotoActivity::class.java).putExtra(PhotoActivity.PATH, path))
    }

    // Choosing

    override fun category() = go(Step.CATEGORY)

    private fun chosen(category: CategoryRow) {
        form = form?.let { it.copy(category = it.category?.copy(chosen = Named(category.code, category.zh, category.en, category.urgent)), failure = null) }
        showForm()
    }

    override fun map() = go(Step.MAP)

    override fun grid() {
        choosing.fromTheTop()
        go(Step.GRID)
    }

    private fun showMap() {
        val change = form?.place ?: return showForm()
        val start = pinAt ?: change.pin ?: change.before ?: positions.now()?.position
        // Without any place to begin at there is nothing to move; the tree of grids needs none.
        if (start == null) return go(Step.GRID)
        choosing.pin(start, positions.now(), change.known, { pinAt = it }) { at -> placed { it.copy(pin = at) } }
    }

    private fun picked(grid: GridRow) = placed { it.picked(Named(grid.code, grid.name)) }

    private fun placed(change: (PlaceChange) -> PlaceChange) {
        val now = form ?: return
        val changed = now.copy(place = now.place?.let(change), failure = null)
        form = changed
        showForm()
        act { know(changed, positions.now()) }
    }

    /** Looks what is known of the place that the form names. */
    private suspend fun know(of: ActForm, fix: Fix?) {
        val place = of.place ?: return
        val known = app.redVest().ask { known(place, fix) }
        form = form?.let { it.copy(place = it.place?.copy(known = known.known)) }
        if (step == Step.FORM) draw()
    }

    // Doing it

    override fun done() {
        val of = ticket ?: return
        val now = filled() ?: return
        if (ui.lack(now) != null) {
            form = now.copy(asksForMore = true)
            return draw()
        }
        act { core ->
            takeWaiting()
            val now = filled() ?: return@act
            val said = view.words.text.toString()
            val (here, at) = fix() to app.now()
            when (val with = rectifying) {
                null -> core.ask { doIt(of, now, said, here, at) }
                else -> with.done { draft -> core.ask { doIt(of, now, said, here, at, draft) } }
            }
            incoming.clear()
            app.scope.launch { app.look() }
            finish()
        }
    }

    private fun filled(): ActForm? = form?.let { it.copy(place = it.place?.copy(words = view.place.text.toString())) }

    override fun discard() = act {
        rectifying?.discard()
        incoming.clear()
        finish()
    }

    override fun failed(failure: RedVestFailure) {
        val why = ui.pick(failure.zh, failure.en)
        val now = form ?: return unknown(why)
        form = now.copy(failure = why)
        showForm()
        if (failure.code == INEXACT) act { core ->
            val reasons = core.ask { reasons().gate }
            form = form?.copy(reasons = reasons)
            draw()
        }
    }

    /** Nothing is known of the ticket any more; what was kept of it can still be thrown away. */
    private fun unknown(why: String) {
        val frame = Frame(ui, ui.actName(act), ::finish)
        frame.body(ui.column(16) {
            put(ui.banner(Tone.Bad, R.drawable.ic_warning, why))
            if (rectifying?.isKept == true) put(ui.button(ui.say(R.string.discard), Loud.Quiet, act = ::discard))
        })
        setContentView(frame)
    }

    @Deprecated("Its replacement came with API 33.")
    @Suppress("DEPRECATION")
    override fun onBackPressed(): Unit = if (step != Step.FORM) showForm() else super.onBackPressed()

    companion object {
        private const val TICKET = "ticket"
        private const val ACT = "act"
        private const val STEP = "step"
        private const val WORDS = "words"
        private const val PLACE = "place"
        private const val PIN_AT = "pin_at"
        private val PLACE_RIGHTS = arrayOf(Manifest.permission.ACCESS_FINE_LOCATION, Manifest.permission.ACCESS_COARSE_LOCATION)

        /** The core's code for a position that needs a reason. */
        private const val INEXACT = "accuracy_gate_not_met"

        /** Opens the form of an act. */
        fun intent(context: Context, ticket: String, act: Act): Intent =
            Intent(context, ActActivity::class.java).putExtra(TICKET, ticket).putExtra(ACT, act.name)
    }
}

/** The measurement as it is so many ms later. */
private fun Fix.agedBy(ms: Long): Fix = copy(ageMs = (ageMs.toLong() + ms.coerceAtLeast(0)).coerceAtMost(Int.MAX_VALUE.toLong()).toUInt())
