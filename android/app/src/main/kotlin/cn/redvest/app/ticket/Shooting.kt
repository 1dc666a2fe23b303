package cn.redvest.app.ticket

import android.Manifest
import android.content.Intent
import android.content.pm.PackageManager
import android.net.Uri
import android.provider.Settings
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.FrameLayout
import android.widget.ImageView
import cn.redvest.app.Page
import cn.redvest.app.camera.Camera
import cn.redvest.app.camera.CameraTrouble
import cn.redvest.app.camera.SystemCamera
import cn.redvest.app.parts.Here
import cn.redvest.app.parts.decode
import cn.redvest.app.parts.hereChips
import cn.redvest.app.report.shootTrouble
import cn.redvest.app.report.shootView
import java.io.File

/** Pixels of the shorter side of the photo that is seen through the picture. */
private const val GHOST_SIDE = 720

/** The camera of an act's form, which takes the whole [page], and what to do where there is none. */
internal class Shooting(
    private val page: Page, private val title: Int, private val system: SystemCamera, private val back: () -> Unit,
    private val taken: (File) -> Unit,
) {
    private val ui get() = page.ui
    private var camera: Camera? = null
    private var about: FrameLayout? = null
    private var isShown = false

    /** Opens it. [ghost] is where the photo before lies, to be stood where it was taken; [file] is where the next one goes. */
    fun show(ghost: String?, here: Here?, file: () -> File) {
        close()
        isShown = true
        val again = { show(ghost, here, file) }
        if (page.checkSelfPermission(Manifest.permission.CAMERA) != PackageManager.PERMISSION_GRANTED) return trouble(CameraTrouble.DENIED, file, again)
        if (!page.app.cameras.isThere()) return trouble(CameraTrouble.MISSING, file, again)
        val opened = page.app.cameras.open(page, null) { trouble(it, file, again) }.also { camera = it }
        val above = FrameLayout(page).also { about = it }
        here?.let(::show)
        val shoot = {
            val into = file()
            opened.shoot(into) { why -> if (why == null) taken(into) else trouble(why, file, again) }
        }
        page.setContentView(ui.shootView(opened.preview, ui.say(title), ghost?.let(::seen), back, shoot, above.takeIf { here != null }))
    }

    /** Shows where the phone is now. */
    fun show(here: Here) {
        val into = about ?: return
        into.removeAllViews()
        into.addView(ui.hereChips(here), MATCH_PARENT, WRAP_CONTENT)
    }

    private fun seen(path: String): View? {
        val picture = decode(path, GHOST_SIDE) ?: return null
        return ImageView(page).apply {
            setImageBitmap(picture)
            scaleType = ImageView.ScaleType.CENTER_CROP
            importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO
        }
    }

    /** Gives the camera back. */
    fun close() {
        camera?.close()
        camera = null
        about = null
        isShown = false
    }

    private fun trouble(why: CameraTrouble, file: () -> File, again: () -> Unit) {
        // It may come late, when the user has gone on already.
        if (!isShown) return
        close()
        say(why, file, again)
    }

    private fun say(why: CameraTrouble, file: () -> File, again: () -> Unit) {
        val act: () -> Unit = { if (why == CameraTrouble.DENIED) openSettings() else again() }
        val other: () -> Unit = { if (!system.open(file())) say(CameraTrouble.MISSING, file, again) }
        page.setContentView(ui.shootTrouble(why, ui.say(title), back, act, other, back))
    }

    private fun openSettings() =
        page.startActivity(Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, Uri.fromParts("package", page.packageName, null)))
}
