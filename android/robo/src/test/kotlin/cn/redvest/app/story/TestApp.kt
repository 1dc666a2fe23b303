package cn.redvest.app.story

import android.app.Activity
import android.content.Context
import android.net.ConnectivityManager
import android.net.NetworkCapabilities
import android.view.View
import cn.redvest.app.App
import cn.redvest.app.camera.Camera
import cn.redvest.app.camera.CameraTrouble
import cn.redvest.app.camera.Cameras
import cn.redvest.app.camera.Luma
import cn.redvest.app.keys.KeystoreVault
import cn.redvest.core.KeyVault
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowNetworkCapabilities
import java.io.File
import java.io.IOException
import javax.crypto.SecretKey
import javax.crypto.spec.SecretKeySpec

/** The app as it is, but for what no JVM has: the secure hardware's key, and a camera, which shows what a test holds before it. */
class TestApp : App() {
    /** What the camera sees. */
    val scene: Scene = Scene()

    /** Milliseconds that the phone's clock is ahead. */
    var ahead: Long = 0

    override val cameras: Cameras get() = scene

    override fun now(): Long = super.now() + ahead

    override fun vault(): KeyVault = KeystoreVault(File(noBackupFilesDir, "keys"), ::key)

    private fun key(): SecretKey = SecretKeySpec(ByteArray(32) { it.toByte() }, "AES")

    /** Puts the phone on a network, or on none. */
    fun online(there: Boolean = true, unmetered: Boolean = true) {
        val manager = getSystemService(Context.CONNECTIVITY_SERVICE) as ConnectivityManager
        val shadow = shadowOf(manager)
        shadow.setDefaultNetworkActive(there)
        val can = ShadowNetworkCapabilities.newInstance()
        if (there) shadowOf(can).addCapability(NetworkCapabilities.NET_CAPABILITY_INTERNET)
        if (unmetered) shadowOf(can).addCapability(NetworkCapabilities.NET_CAPABILITY_NOT_METERED)
        manager.activeNetwork?.let { shadow.setNetworkCapabilities(it, can) }
    }
}

/** What stands before the camera of a test. */
class Scene : Cameras {
    /** Pictures of the preview, shown as soon as the camera is open. */
    var shows: Luma? = null

    /** The next photos. */
    val photos: ArrayDeque<ByteArray> = ArrayDeque()

    /** What goes wrong, if something does. */
    var trouble: CameraTrouble? = null

    /** How many cameras are open. */
    var open: Int = 0

    override fun isThere(): Boolean = trouble != CameraTrouble.MISSING

    override fun open(activity: Activity, see: ((Luma) -> Unit)?, trouble: (CameraTrouble) -> Unit): Camera {
        val view = View(activity)
        open += 1
        this.trouble?.let { why -> view.post { trouble(why) } }
        if (this.trouble == null) shows?.let { seen -> activity.mainExecutor.execute { see?.invoke(seen) } }
        return object : Camera {
            private var closed = false
            override val preview: View = view

            override fun shoot(into: File, done: (CameraTrouble?) -> Unit) {
                val photo = photos.removeFirstOrNull() ?: return done(CameraTrouble.BUSY)
                try {
                    into.writeBytes(photo)
                    done(null)
                } catch (_: IOException) {
                    into.delete()
                    done(CameraTrouble.FULL)
                }
            }

            override fun close() {
                if (!closed) this@Scene.open -= 1
                closed = true
            }
        }
    }
}
