package cn.redvest.app.enrol

import android.Manifest
import android.app.Activity
import android.content.Intent
import android.content.pm.PackageManager
import android.net.Uri
import android.os.Bundle
import android.provider.Settings
import cn.redvest.app.App
import cn.redvest.app.camera.Camera
import cn.redvest.app.camera.CameraTrouble
import cn.redvest.app.ui.Ui

/** Reads an enrolment code with the camera and hands its text to whoever asked, as [CODE]. */
class ScanActivity : Activity() {
    private val ui by lazy { Ui(this) }
    private val reader = QrReader()
    private var camera: Camera? = null

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        if (savedInstanceState == null && !mayUse()) requestPermissions(arrayOf(Manifest.permission.CAMERA), 1)
    }

    private fun mayUse() = checkSelfPermission(Manifest.permission.CAMERA) == PackageManager.PERMISSION_GRANTED

    override fun onResume() {
        super.onResume()
        begin()
    }

    override fun onPause() {
        camera?.close()
        camera = null
        super.onPause()
    }

    override fun onRequestPermissionsResult(requestCode: Int, permissions: Array<out String>, grantResults: IntArray) {
        super.onRequestPermissionsResult(requestCode, permissions, grantResults)
        begin()
    }

    private fun begin() {
        if (camera != null) return
        if (!mayUse()) return show(CameraTrouble.DENIED)
        val opened = (application as App).cameras.open(this, { luma -> reader.read(luma)?.let(::found) }, ::show)
        camera = opened
        setContentView(ui.scanView(opened.preview, ::finish))
    }

    private fun found(text: String) {
        setResult(RESULT_OK, Intent().putExtra(CODE, text))
        finish()
    }

    private fun show(why: CameraTrouble) {
        val again: () -> Unit = {
            camera?.close()
            camera = null
            begin()
        }
        setContentView(ui.scanTrouble(why, ::finish, if (why == CameraTrouble.DENIED) ::openSettings else again))
    }

    private fun openSettings() {
        startActivity(Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, Uri.fromParts("package", packageName, null)))
    }

    companion object {
        /** Key of the text that was read. */
        const val CODE: String = "code"
    }
}
