package cn.redvest.app.ticket

import android.Manifest
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager
import android.net.Uri
import android.os.Bundle
import android.provider.Settings
import android.view.View
import android.widget.ImageView
import cn.redvest.app.Page
import cn.redvest.app.R
import cn.redvest.app.camera.Camera
import cn.redvest.app.camera.CameraTrouble
import cn.redvest.app.parts.decode
import cn.redvest.app.place.Positions
import cn.redvest.app.report.Shot
import cn.redvest.app.report.shootTrouble
import cn.redvest.app.report.shootView
import cn.redvest.app.ui.Frame
import cn.redvest.core.Act
import cn.redvest.core.Shows
import cn.redvest.core.TicketDetail
import cn.redvest.sdk.RedVestFailure
import java.io.File
import kotlinx.coroutines.launch

/** The form of one act on one ticket. What is filled in stays over a rotation and the end of the process. */
class ActActivity : Page(), ActActs {
    private val positions by lazy { Positions(this) }
    private lateinit var ticketId: String
    private lateinit var act: Act
    private var ticket: TicketDetail? = null
    private var form: ActForm? = null
    private var kept: Bundle? = null
    private var view: ActView? = null
    private var frame: Frame? = null
    private var camera: Camera? = null
    private var shooting = false
    private var words = ""

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        ticketId = requireNotNull(intent.getStringExtra(TICKET)) { "whoever opens this screen names the ticket" }
        act = Act.valueOf(requireNotNull(intent.getStringExtra(ACT)) { "whoever opens this screen names the act" })
        kept = savedInstanceState
        shooting = savedInstanceState?.getBoolean(SHOOTING) ?: false
        words = savedInstanceState?.getString(WORDS).orEmpty()
    }

    override suspend fun follow() {
        val loaded = form
        if (loaded == null) {
            val (detail, empty) = app.redVest().ask { ticket(ticketId).let { it to formOf(act, it) } }
            ticket = detail
            form = restored(empty)
        }
        positions.start { }
        if (shooting) showCamera() else showForm()
    }

    override fun onStop() {
        positions.stop()
        closeCamera()
        super.onStop()
    }

    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        val now = form ?: return
        outState.putBoolean(SHOOTING, shooting)
        outState.putString(WORDS, view?.words?.text?.toString() ?: words)
        outState.putStringArrayList(CHOSEN, ArrayList(now.chosen))
        outState.putString(LEAD, now.lead)
        outState.putString(OUTCOME, now.outcome?.name)
        outState.putStringArrayList(PHOTOS, ArrayList(now.photos.map { it.hash }))
        outState.putStringArrayList(PATHS, ArrayList(now.photos.map { it.path.orEmpty() }))
        outState.putInt(DAYS, now.days ?: 0)
    }

    private fun restored(empty: ActForm): ActForm {
        val from = kept ?: return empty
        val paths = from.getStringArrayList(PATHS).orEmpty()
        return empty.copy(
            chosen = from.getStringArrayList(CHOSEN).orEmpty(), lead = from.getString(LEAD),
            outcome = from.getString(OUTCOME)?.let { name -> cn.redvest.core.Outcome.valueOf(name) } ?: empty.outcome,
            photos = from.getStringArrayList(PHOTOS).orEmpty().mapIndexed { index, hash -> Shot(hash, paths.getOrNull(index)?.ifEmpty { null }) },
            days = from.getInt(DAYS).takeIf { it > 0 } ?: empty.days,
        )
    }

    private fun showForm() {
        closeCamera()
        shooting = false
        val made = ActView(ui, this)
        made.words.setText(view?.words?.text ?: words)
        view = made
        frame = Frame(ui, ui.actName(act), ::finish).also(::setContentView)
        draw()
    }

    private fun draw() {
        val now = form ?: return
        val made = view ?: return
        frame?.body(made.body(now))
        frame?.foot(made.foot(now))
    }

    override fun change(form: ActForm) {
        this.form = form.copy(failure = null)
        draw()
    }

    override fun shoot() {
        val wanted = listOf(Manifest.permission.CAMERA, Manifest.permission.ACCESS_FINE_LOCATION, Manifest.permission.ACCESS_COARSE_LOCATION)
        val missing = wanted.filter { checkSelfPermission(it) != PackageManager.PERMISSION_GRANTED }
        if (Manifest.permission.CAMERA !in missing) return showCamera()
        shooting = true
        requestPermissions(missing.toTypedArray(), 1)
    }

    override fun onRequestPermissionsResult(requestCode: Int, permissions: Array<out String>, grantResults: IntArray) {
        super.onRequestPermissionsResult(requestCode, permissions, grantResults)
        if (shooting) showCamera()
    }

    private fun closeCamera() {
        camera?.close()
        camera = null
    }

    private fun showCamera() {
        closeCamera()
        shooting = true
        words = view?.words?.text?.toString() ?: words
        if (checkSelfPermission(Manifest.permission.CAMERA) != PackageManager.PERMISSION_GRANTED) return trouble(CameraTrouble.DENIED)
        if (!app.cameras.isThere()) return trouble(CameraTrouble.MISSING)
        val opened = app.cameras.open(this, null, ::trouble).also { camera = it }
        val title = ui.say(if (act == Act.RECTIFY) R.string.shoot_after_title else R.string.shoot_title)
        setContentView(ui.shootView(opened.preview, title, ghost(), ::showForm, ::shot))
    }

    /** The photo before, to be stood where it was taken. */
    private fun ghost(): View? {
        if (act != Act.RECTIFY) return null
        val before = ticket?.photos?.firstOrNull { it.shows == Shows.BEFORE } ?: return null
        val picture = (before.reviewPath ?: before.thumbnailPath)?.let { decode(it, GHOST_SIDE) } ?: return null
        return ImageView(this).apply {
            setImageBitmap(picture)
            scaleType = ImageView.ScaleType.CENTER_CROP
            importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO
        }
    }

    private fun shot() {
        val file = File(cacheDir, "act-${app.now()}.jpg")
        camera?.shoot(file) { why -> if (why == null) taken(file) else trouble(why) }
    }

    private fun taken(file: File) = act { core ->
        val photo = core.ask { importPhoto(file.path) }
        file.delete()
        form = form?.let { it.copy(photos = it.photos + Shot(photo.hash, photo.thumbnail), failure = null) }
        showForm()
    }

    private fun trouble(why: CameraTrouble) {
        closeCamera()
        // It may come late, when the user has gone on already.
        if (!shooting) return
        val again: () -> Unit = {
            if (why == CameraTrouble.DENIED) {
                startActivity(Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, Uri.fromParts("package", packageName, null)))
            } else {
                showCamera()
            }
        }
        setContentView(ui.shootTrouble(why, ::showForm, again, again, ::showForm))
    }

    override fun done() = act { core ->
        val of = ticket ?: return@act
        val filled = form ?: return@act
        val said = view?.words?.text?.toString().orEmpty()
        val here = positions.now()
        val now = app.now()
        core.ask { doIt(of, filled, said, here, now) }
        app.scope.launch { app.look() }
        finish()
    }

    override fun failed(failure: RedVestFailure) {
        form = (form ?: ActForm(act)).copy(failure = ui.pick(failure.zh, failure.en))
        showForm()
        if (failure.code == INEXACT) act { core ->
            val reasons = core.ask { reasons().gate }
            form = form?.copy(reasons = reasons)
            draw()
        }
    }

    @Deprecated("Its replacement came with API 33.")
    @Suppress("DEPRECATION")
    override fun onBackPressed(): Unit = if (shooting) showForm() else super.onBackPressed()

    companion object {
        private const val TICKET = "ticket"
        private const val ACT = "act"
        private const val SHOOTING = "shooting"
        private const val WORDS = "words"
        private const val CHOSEN = "chosen"
        private const val LEAD = "lead"
        private const val OUTCOME = "outcome"
        private const val PHOTOS = "photos"
        private const val PATHS = "paths"
        private const val DAYS = "days"
        private const val GHOST_SIDE = 720

        /** The core's code for a position that needs a reason. */
        private const val INEXACT = "accuracy_gate_not_met"

        /** Opens the form of an act. */
        fun intent(context: Context, ticket: String, act: Act): Intent =
            Intent(context, ActActivity::class.java).putExtra(TICKET, ticket).putExtra(ACT, act.name)
    }
}
