package cn.redvest.app.camera

import android.app.Activity
import android.view.View
import java.io.File

/** The bright part of one picture of the preview, row by row without gaps: enough to find a code in it. */
class Luma(
    /** One byte a pixel, brighter is larger, unsigned. */
    val bytes: ByteArray,
    /** Pixels in a row. */
    val width: Int,
    /** Rows. */
    val height: Int,
)

/** Why there is no picture; each has a sentence and a way on, on the screen that asked. */
enum class CameraTrouble {
    /** The user does not let the app use it. */
    DENIED,

    /** The phone has none. */
    MISSING,

    /** Another app has it, or it failed. */
    BUSY,

    /** The picture could not be written: the disk is full. */
    FULL,
}

/** A camera that is open. All calls and callbacks are on the main thread. */
interface Camera {
    /** What it sees, to be shown. */
    val preview: View

    /** Takes a picture into a file, which is a whole JPEG when the callback says so, and not there when it says why not. */
    fun shoot(into: File, done: (CameraTrouble?) -> Unit)

    /** Gives it back. Closing twice is no fault. */
    fun close()
}

/** How the app comes to a camera; tests hand in real pictures here. */
interface Cameras {
    /** Whether the phone has one at all. */
    fun isThere(): Boolean

    /**
     * Opens the one that looks away from the user. [trouble] is called once if it fails, also later on. With [see] its
     * pictures are handed over while they are shown, at most a few a second.
     */
    fun open(activity: Activity, see: ((Luma) -> Unit)?, trouble: (CameraTrouble) -> Unit): Camera
}
