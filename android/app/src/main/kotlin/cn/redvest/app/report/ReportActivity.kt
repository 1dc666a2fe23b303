package cn.redvest.app.report

import android.Manifest
import android.content.Intent
import android.content.pm.PackageManager
import android.net.Uri
import android.os.Bundle
import android.provider.Settings
import android.widget.Toast
import cn.redvest.app.Page
import cn.redvest.app.R
import cn.redvest.app.camera.Camera
import cn.redvest.app.camera.CameraTrouble
import cn.redvest.app.camera.SystemCamera
import cn.redvest.app.place.Positions
import cn.redvest.app.ui.Frame
import cn.redvest.app.ui.Loud
import cn.redvest.app.ui.button
import cn.redvest.app.ui.column
import cn.redvest.core.CategoryRow
import cn.redvest.core.GridRow
import cn.redvest.core.Outcome
import cn.redvest.sdk.RedVestFailure
import java.io.File
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.filterNotNull
import kotlinx.coroutines.launch

/** How long a measurement may take before reasons to go on without a good one are offered, in ms. */
private const val PATIENCE = 8_000L

/** The steps of a report; the first three are the three taps. */
private enum class Step { SHOOT, CATEGORY, FORM, MAP, GRID }

/** A report: photo, category, save; while that goes on the position settles. Whatever is done is kept at once. */
class ReportActivity : Page(), ReportActs {
    private val system = SystemCamera(this)
    private val drafting by lazy { Drafting(app, system::awaited) }
    private val positions by lazy { Positions(this) }
    private val choosing by lazy { Choosing(this, ::back) }
    private var form: ReportView? = null
    private var step = Step.SHOOT
    private var after = false
    private var camera: Camera? = null
    private var id: String? = null
    private var patient = false

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        id = savedInstanceState?.getString(DRAFT) ?: intent.getStringExtra(DRAFT)
        step = savedInstanceState?.getString(STEP)?.let(Step::valueOf) ?: if (id == null) Step.SHOOT else Step.FORM
        after = savedInstanceState?.getBoolean(AFTER) ?: false
        system.restore(savedInstanceState)
        if (savedInstanceState == null) askForRights()
    }

    /** Both at once, so that the user is asked once. */
    private fun askForRights() {
        val wanted = listOf(Manifest.permission.CAMERA, Manifest.permission.ACCESS_FINE_LOCATION, Manifest.permission.ACCESS_COARSE_LOCATION)
        val missing = wanted.filter { checkSelfPermission(it) != PackageManager.PERMISSION_GRANTED }
        if (missing.isNotEmpty()) requestPermissions(missing.toTypedArray(), RIGHTS)
    }

    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        outState.putString(DRAFT, drafting.state.value?.draft?.id ?: id)
        outState.putString(STEP, step.name)
        outState.putBoolean(AFTER, after)
        system.save(outState)
    }

    override suspend fun follow() {
        drafting.load(id)
        show()
        act { drafting.takeWaiting() }
        measure()
        scope.launch {
            delay(PATIENCE)
            patient = true
            drafting.look(patient = true)
        }
        drafting.state.filterNotNull().collect { state -> form?.takeIf { step == Step.FORM }?.show(state) }
    }

    override fun onStop() {
        positions.stop()
        closeCamera()
        super.onStop()
    }

    private fun measure() {
        positions.start(::moved)
        moved()
    }

    private fun moved() = act {
        drafting.measured(positions.now(), positions.lost())
        if (patient) drafting.look(patient = true)
    }

    override fun onRequestPermissionsResult(requestCode: Int, permissions: Array<out String>, grantResults: IntArray) {
        super.onRequestPermissionsResult(requestCode, permissions, grantResults)
        if (drafting.state.value == null) return
        measure()
        if (step == Step.SHOOT) show()
    }

    private fun go(to: Step) {
        step = to
        show()
    }

    private fun show() {
        if (step != Step.SHOOT) closeCamera()
        when (step) {
            Step.SHOOT -> showCamera()
            Step.CATEGORY -> choosing.category(::chosen)
            Step.FORM -> showForm()
            Step.MAP -> showMap()
            Step.GRID -> choosing.grid(::picked)
        }
    }

    private fun showForm() {
        val made = ReportView(ui, this).also { form = it }
        val state = drafting.state.value ?: return
        made.fill(state.draft)
        made.show(state)
        val frame = Frame(ui, ui.say(R.string.report), ::leave)
        frame.body(ui.column(16) {
            put(made.view)
            put(ui.button(ui.say(R.string.discard), Loud.Quiet, act = ::discard))
        })
        frame.foot(made.foot(state.saving))
        setContentView(frame)
    }

    // The camera

    private fun closeCamera() {
        camera?.close()
        camera = null
    }

    private fun showCamera() {
        closeCamera()
        if (checkSelfPermission(Manifest.permission.CAMERA) != PackageManager.PERMISSION_GRANTED) return trouble(CameraTrouble.DENIED)
        if (!app.cameras.isThere()) return trouble(CameraTrouble.MISSING)
        val opened = app.cameras.open(this, null, ::trouble).also { camera = it }
        val title = ui.say(if (after) R.string.shoot_after_title else R.string.shoot_title)
        setContentView(ui.shootView(opened.preview, title, null, ::back, ::shot))
    }

    private fun shot() {
        val file = drafting.fileFor(after)
        camera?.shoot(file) { why -> if (why == null) taken(file) else trouble(why) }
    }

    private fun taken(file: File) = act {
        drafting.take(file, after)
        go(if (drafting.state.value?.category == null) Step.CATEGORY else Step.FORM)
    }

    private fun trouble(why: CameraTrouble) {
        closeCamera()
        // It may come late, when the user has gone on already.
        if (step != Step.SHOOT) return
        val again: () -> Unit = { if (why == CameraTrouble.DENIED) openSettings() else showCamera() }
        setContentView(ui.shootTrouble(why, ui.say(R.string.report), ::back, again, ::systemCamera, ::withoutPhoto))
    }

    private fun withoutPhoto() = go(if (drafting.state.value?.category == null) Step.CATEGORY else Step.FORM)

    private fun systemCamera() = act {
        // The draft is found again by its name, also when the process that gets the photo is another one.
        drafting.keepNow()
        if (!system.open(drafting.fileFor(after))) trouble(CameraTrouble.MISSING)
    }

    @Deprecated("Its replacement is no part of the framework.")
    override fun onActivityResult(requestCode: Int, resultCode: Int, data: Intent?) {
        val file = system.answered(requestCode, resultCode) ?: return
        act {
            drafting.load(id)
            drafting.take(file, after)
            withoutPhoto()
        }
    }

    // Choosing

    private fun chosen(category: CategoryRow) = act {
        drafting.choose(category)
        go(Step.FORM)
    }

    private fun picked(grid: GridRow) = act {
        drafting.keep { it.copy(grid = grid.code, place = it.place.orEmpty().ifEmpty { grid.name }) }
        drafting.look(patient)
        go(Step.FORM)
    }

    private fun showMap() {
        val state = drafting.state.value ?: return
        val start = state.draft.pin ?: state.fix?.position ?: return go(Step.FORM)
        choosing.pin(start, state.fix, state.place, {}, ::pinned)
    }

    private fun pinned(at: cn.redvest.core.Position) = act {
        drafting.keep { it.copy(pin = at) }
        drafting.look(patient)
        go(Step.FORM)
    }

    // What the form asks for

    override fun shoot(after: Boolean) {
        this.after = after
        go(Step.SHOOT)
    }

    override fun drop(shot: Shot) {
        android.app.AlertDialog.Builder(this).setMessage(R.string.drop_photo_sure)
            .setPositiveButton(R.string.take_off) { _, _ -> act { drafting.drop(shot) } }
            .setNegativeButton(R.string.keep, null).show()
    }

    override fun category() = go(Step.CATEGORY)

    override fun map() = go(Step.MAP)

    override fun grid() {
        choosing.fromTheTop()
        go(Step.GRID)
    }

    override fun locate() {
        if (positions.may()) startActivity(Intent(Settings.ACTION_LOCATION_SOURCE_SETTINGS)) else askForRights()
    }

    override fun reason(code: String) = act { drafting.keep { it.copy(gateReason = code) } }

    override fun spot(outcome: Outcome?) = act { drafting.keep { it.copy(outcome = outcome) } }

    override fun open(ticket: String): Unit = startActivity(cn.redvest.app.ticket.TicketActivity.intent(this, ticket))

    override fun words(place: String, words: String) = act {
        drafting.keep { it.copy(place = place.ifEmpty { null }, words = words.ifEmpty { null }) }
    }

    override fun save() {
        drafting.say(null, saving = true)
        act {
            val urgent = drafting.state.value?.category?.urgent == true
            val done = drafting.report()
            Toast.makeText(this, ui.say(R.string.saved_as, done.row.number), Toast.LENGTH_LONG).show()
            app.scope.launch { app.look(urgent) }
            finish()
        }
    }

    private fun discard() = act {
        drafting.discard()
        finish()
    }

    override fun failed(failure: RedVestFailure) {
        drafting.say(ui.pick(failure.zh, failure.en), saving = false)
        if (drafting.state.value != null && step != Step.FORM) go(Step.FORM)
    }

    private fun openSettings() {
        startActivity(Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, Uri.fromParts("package", packageName, null)))
    }

    private fun leave() = finish()

    private fun back() {
        val begun = drafting.state.value?.draft?.let { it.category != null || it.before.isNotEmpty() } == true
        if (step != Step.FORM && begun) go(Step.FORM) else finish()
    }

    @Deprecated("Its replacement came with API 33.")
    override fun onBackPressed(): Unit = back()

    companion object {
        /** The draft to go on with, as an extra. */
        const val DRAFT: String = "draft"
        private const val STEP = "step"
        private const val AFTER = "after"
        private const val RIGHTS = 41
    }
}
