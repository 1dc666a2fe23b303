package cn.redvest.app.camera

import android.app.Activity
import android.content.Context
import android.content.ContextWrapper
import android.content.pm.PackageManager
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CameraMetadata
import android.view.TextureView
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowCameraCharacteristics
import org.robolectric.shadows.ShadowCameraManager
import org.robolectric.shadows.ShadowLooper
import java.io.File

/** Whether a camera is there, open, lost: what Robolectric's camera2 can play. It takes no pictures. */
@RunWith(RobolectricTestRunner::class)
class PhoneCamerasTest {
    @get:Rule
    val folder: TemporaryFolder = TemporaryFolder()

    private val context: Context = RuntimeEnvironment.getApplication()
    private val manager = checkNotNull(context.getSystemService(CameraManager::class.java))
    private val troubles = ArrayList<CameraTrouble>()
    private var camera: Camera? = null

    @After
    fun close() {
        camera?.close()
    }

    private fun has(id: String, facing: Int) {
        val facts = ShadowCameraCharacteristics.newCameraCharacteristics()
        shadowOf(facts).set(CameraCharacteristics.LENS_FACING, facing)
        shadowOf(manager).addCamera(id, facts)
        ShadowLooper.idleMainLooper()
    }

    private fun open(see: ((Luma) -> Unit)? = null, from: Context = context): Camera {
        val activity = Robolectric.buildActivity(Activity::class.java).setup().get()
        val opened = PhoneCameras(from).open(activity, see) { troubles += it }
        camera = opened
        ShadowLooper.idleMainLooper()
        return opened
    }

    /** What the system holds of the camera that was opened last. */
    private fun callback(): CameraDevice.StateCallback =
        ShadowCameraManager::class.java.getDeclaredField("lastCallback").apply { isAccessible = true }.get(null) as CameraDevice.StateCallback

    private fun device(): CameraDevice =
        ShadowCameraManager::class.java.getDeclaredField("lastDevice").apply { isAccessible = true }.get(null) as CameraDevice

    /** Whether the app still has it; a camera that was given back takes no requests. */
    private fun isOpen(): Boolean = try {
        device().createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW)
        true
    } catch (_: IllegalStateException) {
        false
    }

    private fun shoot(camera: Camera): List<CameraTrouble?> {
        val heard = ArrayList<CameraTrouble?>()
        camera.shoot(File(folder.root, "photo.jpg")) { heard += it }
        ShadowLooper.idleMainLooper()
        return heard
    }

    @Test
    fun a_phone_without_a_camera_says_so() {
        assertFalse(PhoneCameras(context).isThere())
        val camera = open()
        assertEquals(listOf(CameraTrouble.MISSING), troubles)
        assertEquals(listOf(CameraTrouble.BUSY), shoot(camera))
        camera.close()
        camera.close()
    }

    @Test
    fun the_camera_that_looks_away_from_the_user_is_opened_and_given_back() {
        has("0", CameraMetadata.LENS_FACING_FRONT)
        has("1", CameraMetadata.LENS_FACING_BACK)
        assertTrue(PhoneCameras(context).isThere())
        val camera = open()
        assertEquals("1", device().id)
        assertTrue(isOpen())
        camera.close()
        ShadowLooper.idleMainLooper()
        assertFalse("closing gives it back", isOpen())
        assertEquals(emptyList<CameraTrouble>(), troubles)
    }

    @Test
    fun a_phone_with_one_camera_takes_that_one() {
        has("0", CameraMetadata.LENS_FACING_FRONT)
        open(see = {})
        assertEquals("0", device().id)
    }

    @Test
    fun without_the_right_the_trouble_is_named() {
        has("0", CameraMetadata.LENS_FACING_BACK)
        // Where the system asks for the right is played by a context that has none.
        val strict = object : ContextWrapper(context) {
            override fun getPackageManager(): PackageManager = throw SecurityException("no right to use the camera")
        }
        val asked = object : ContextWrapper(context) {
            override fun getSystemService(name: String): Any? = if (name == Context.CAMERA_SERVICE) CameraManager(strict) else super.getSystemService(name)
            override fun getSystemServiceName(service: Class<*>): String = context.getSystemServiceName(service).orEmpty()
        }
        open(from = asked)
        assertEquals(listOf(CameraTrouble.DENIED), troubles)
    }

    @Test
    fun a_camera_that_another_app_takes_is_named_once() {
        has("0", CameraMetadata.LENS_FACING_BACK)
        val camera = open()
        shadowOf(manager).triggerDisconnect()
        ShadowLooper.idleMainLooper()
        assertEquals(listOf(CameraTrouble.BUSY), troubles)
        callback().onError(device(), CameraDevice.StateCallback.ERROR_CAMERA_SERVICE)
        assertEquals("once", listOf(CameraTrouble.BUSY), troubles)
        assertEquals(listOf(CameraTrouble.BUSY), shoot(camera))
    }

    @Test
    fun a_camera_that_fails_is_given_back() {
        has("0", CameraMetadata.LENS_FACING_BACK)
        open()
        assertTrue(isOpen())
        callback().onError(device(), CameraDevice.StateCallback.ERROR_CAMERA_DEVICE)
        ShadowLooper.idleMainLooper()
        assertEquals(listOf(CameraTrouble.BUSY), troubles)
        assertFalse(isOpen())
    }

    @Test
    fun a_camera_that_opens_after_it_was_closed_is_given_back_at_once() {
        has("0", CameraMetadata.LENS_FACING_BACK)
        val activity = Robolectric.buildActivity(Activity::class.java).setup().get()
        PhoneCameras(context).open(activity, null) { troubles += it }.close()
        ShadowLooper.idleMainLooper()
        assertFalse(isOpen())
        assertEquals(emptyList<CameraTrouble>(), troubles)
    }

    @Test
    fun a_photo_that_is_under_way_when_the_camera_is_lost_is_said_to_be_none() {
        has("0", CameraMetadata.LENS_FACING_BACK)
        val activity = Robolectric.buildActivity(Activity::class.java).setup().get()
        val opened = PhoneCameras(context).open(activity, null) { troubles += it }.also { camera = it }
        (opened.preview as TextureView).setSurfaceTexture(SurfaceTexture(false))
        ShadowLooper.idleMainLooper()
        val heard = ArrayList<CameraTrouble?>()
        opened.shoot(File(folder.root, "photo.jpg")) { heard += it }
        assertEquals("it is under way", emptyList<CameraTrouble?>(), heard)
        assertEquals("one at a time", listOf(CameraTrouble.BUSY), shoot(opened))
        shadowOf(manager).triggerDisconnect()
        ShadowLooper.idleMainLooper()
        assertEquals(listOf(CameraTrouble.BUSY), heard)
        assertFalse(File(folder.root, "photo.jpg").exists())
    }
}
