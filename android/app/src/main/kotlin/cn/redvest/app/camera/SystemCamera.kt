package cn.redvest.app.camera

import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.ClipData
import android.content.Intent
import android.os.Bundle
import android.provider.MediaStore
import java.io.File

/** Under which the camera app answers a screen. */
private const val REQUEST = 42

private const val AWAITED = "awaited"

/**
 * The phone's own camera app, which takes one photo for a [screen] into a file in the folder of [Handover]. It may take the
 * whole memory, so that the process that gets its answer is another one: what is awaited stays with the screen's state.
 */
class SystemCamera(private val screen: Activity) {
    /** A file that the camera app may be writing; until it answers the file is not looked at. */
    var awaited: File? = null
        private set

    /** Puts into a screen's state what is awaited. */
    fun save(into: Bundle): Unit = into.putString(AWAITED, awaited?.path)

    /** Awaits again what the screen before the end of the process awaited. */
    fun restore(from: Bundle?) {
        awaited = from?.getString(AWAITED)?.let(::File)
    }

    /** Has a photo taken into a file. Says whether the phone has an app for that. */
    fun open(file: File): Boolean {
        val place = Handover.uriOf(file)
        val intent = Intent(MediaStore.ACTION_IMAGE_CAPTURE).putExtra(MediaStore.EXTRA_OUTPUT, place)
            .addFlags(Intent.FLAG_GRANT_WRITE_URI_PERMISSION or Intent.FLAG_GRANT_READ_URI_PERMISSION)
        intent.clipData = ClipData.newRawUri(null, place)
        return try {
            @Suppress("DEPRECATION") // Its replacement is no part of the framework.
            screen.startActivityForResult(intent, REQUEST)
            awaited = file
            true
        } catch (_: ActivityNotFoundException) {
            false
        }
    }

    /** The photo that an answer to a screen brings. What the user rejected is deleted: it must not come into a form later. */
    fun answered(request: Int, code: Int): File? {
        val file = awaited?.takeIf { request == REQUEST } ?: return null
        awaited = null
        if (code == Activity.RESULT_OK && file.length() > 0) return file
        file.delete()
        return null
    }
}
