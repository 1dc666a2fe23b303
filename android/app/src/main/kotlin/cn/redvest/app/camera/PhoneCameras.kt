package cn.redvest.app.camera

import android.annotation.SuppressLint
import android.app.Activity
import android.content.Context
import android.graphics.ImageFormat
import android.graphics.Matrix
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CameraMetadata
import android.hardware.camera2.CaptureFailure
import android.hardware.camera2.CaptureRequest
import android.media.Image
import android.media.ImageReader
import android.os.Handler
import android.os.HandlerThread
import android.os.Looper
import android.util.Size
import android.view.Surface
import android.view.TextureView
import android.view.View
import java.io.File
import java.io.FileOutputStream
import java.io.IOException
import kotlin.math.abs

/** The phone's own cameras, through camera2. */
class PhoneCameras(private val context: Context) : Cameras {
    private val manager: CameraManager
        get() = requireNotNull(context.getSystemService(CameraManager::class.java)) { "every phone has this service" }

    private fun backId(): String? = try {
        manager.cameraIdList.firstOrNull {
            manager.getCameraCharacteristics(it).get(CameraCharacteristics.LENS_FACING) ==
                CameraMetadata.LENS_FACING_BACK
        } ?: manager.cameraIdList.firstOrNull()
    } catch (_: CameraAccessException) {
        null
    }

    override fun isThere(): Boolean = backId() != null

    override fun open(activity: Activity, see: ((Luma) -> Unit)?, trouble: (CameraTrouble) -> Unit): Camera {
        val camera = PhoneCamera(activity, see, trouble)
        val id = backId()
        if (id == null) trouble(CameraTrouble.MISSING) else camera.start(manager, id)
        return camera
    }
}

/** Pixels of the longer side of a photo that are enough to judge it by; larger ones only cost time and room. */
private const val PHOTO_SIDE = 4096

/** Pixels of the longer side of a picture in which a code is looked for. */
private const val LUMA_SIDE = 1024

/** Least time between two pictures in which a code is looked for, in ms. */
private const val LUMA_APART = 200L

private class PhoneCamera(
    private val activity: Activity, private val see: ((Luma) -> Unit)?, private val trouble: (CameraTrouble) -> Unit,
) : Camera {
    private val main = Handler(Looper.getMainLooper())
    private val thread = HandlerThread("redvest-camera").apply { start() }
    private val worker = Handler(thread.looper)
    private val texture = TextureView(activity)
    private var device: CameraDevice? = null
    private var session: CameraCaptureSession? = null
    private var photos: ImageReader? = null
    private var frames: ImageReader? = null
    private var shown: Surface? = null
    private var facts: CameraCharacteristics? = null

    // Read by the worker when the picture comes.
    @Volatile
    private var shot: Pair<File, (CameraTrouble?) -> Unit>? = null
    private var closed = false
    private var lastLuma = 0L

    override val preview: View get() = texture

    @SuppressLint("MissingPermission")
    fun start(manager: CameraManager, id: String) {
        try {
            facts = manager.getCameraCharacteristics(id)
            manager.openCamera(id, Opened(), main)
        } catch (_: CameraAccessException) {
            fail(CameraTrouble.BUSY)
        } catch (_: SecurityException) {
            fail(CameraTrouble.DENIED)
        }
    }

    private inner class Opened : CameraDevice.StateCallback() {
        override fun onOpened(camera: CameraDevice) {
            if (closed) return camera.close()
            device = camera
            if (texture.isAvailable) configure() else texture.surfaceTextureListener = Ready()
        }

        override fun onDisconnected(camera: CameraDevice) = fail(CameraTrouble.BUSY)

        override fun onError(camera: CameraDevice, error: Int) = fail(CameraTrouble.BUSY)
    }

    private inner class Ready : TextureView.SurfaceTextureListener {
        override fun onSurfaceTextureAvailable(surface: SurfaceTexture, width: Int, height: Int) = configure()

        override fun onSurfaceTextureSizeChanged(surface: SurfaceTexture, width: Int, height: Int) = fit()

        override fun onSurfaceTextureDestroyed(surface: SurfaceTexture): Boolean = true

        override fun onSurfaceTextureUpdated(surface: SurfaceTexture) = Unit
    }

    private fun sizes(format: Int): List<Size> = facts?.get(CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP)
        ?.getOutputSizes(format)?.toList().orEmpty()

    /** The largest size whose longer side is at most so long; the smallest there is if all are longer. */
    private fun atMost(sizes: List<Size>, side: Int): Size {
        val fitting = sizes.filter { maxOf(it.width, it.height) <= side }
        return fitting.maxByOrNull { it.width.toLong() * it.height } ?: sizes.minByOrNull { it.width.toLong() * it.height }
            ?: Size(1280, 720)
    }

    private var previewSize = Size(1280, 720)

    // The list of surfaces is deprecated from API 30 on, and the only way below 28.
    @Suppress("DEPRECATION")
    private fun configure() {
        val camera = device ?: return
        val surfaceTexture = texture.surfaceTexture ?: return
        val photo = atMost(sizes(ImageFormat.JPEG), PHOTO_SIDE)
        val alike = facts?.get(CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP)
            ?.getOutputSizes(SurfaceTexture::class.java)?.toList().orEmpty()
            .filter { abs(it.width * photo.height - it.height * photo.width) <= it.width * photo.height / 50 }
        if (alike.isNotEmpty()) previewSize = atMost(alike, 1920)
        surfaceTexture.setDefaultBufferSize(previewSize.width, previewSize.height)
        val surface = Surface(surfaceTexture).also { shown = it }
        val targets = arrayListOf(surface)
        if (see == null) {
            photos = ImageReader.newInstance(photo.width, photo.height, ImageFormat.JPEG, 2).also {
                it.setOnImageAvailableListener(::photoCame, worker)
                targets += it.surface
            }
        } else {
            val size = atMost(sizes(ImageFormat.YUV_420_888), LUMA_SIDE)
            frames = ImageReader.newInstance(size.width, size.height, ImageFormat.YUV_420_888, 2).also {
                it.setOnImageAvailableListener(::frameCame, worker)
                targets += it.surface
            }
        }
        fit()
        try {
            camera.createCaptureSession(targets, Configured(), main)
        } catch (_: CameraAccessException) {
            fail(CameraTrouble.BUSY)
        } catch (_: IllegalStateException) {
            fail(CameraTrouble.BUSY)
        }
    }

    private inner class Configured : CameraCaptureSession.StateCallback() {
        override fun onConfigured(configured: CameraCaptureSession) {
            if (closed) return configured.close()
            session = configured
            val camera = device ?: return
            val surface = shown ?: return
            try {
                val request = camera.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW).apply {
                    addTarget(surface)
                    frames?.let { addTarget(it.surface) }
                    set(CaptureRequest.CONTROL_AF_MODE, CaptureRequest.CONTROL_AF_MODE_CONTINUOUS_PICTURE)
                }
                configured.setRepeatingRequest(request.build(), null, worker)
            } catch (_: CameraAccessException) {
                fail(CameraTrouble.BUSY)
            } catch (_: IllegalStateException) {
                fail(CameraTrouble.BUSY)
            }
        }

        override fun onConfigureFailed(failed: CameraCaptureSession) = fail(CameraTrouble.BUSY)
    }

    override fun shoot(into: File, done: (CameraTrouble?) -> Unit) {
        val camera = device
        val running = session
        val reader = photos
        if (camera == null || running == null || reader == null || shot != null) return done(CameraTrouble.BUSY)
        shot = into to done
        try {
            val request = camera.createCaptureRequest(CameraDevice.TEMPLATE_STILL_CAPTURE).apply {
                addTarget(reader.surface)
                set(CaptureRequest.CONTROL_AF_MODE, CaptureRequest.CONTROL_AF_MODE_CONTINUOUS_PICTURE)
                set(CaptureRequest.JPEG_ORIENTATION, upright())
                set(CaptureRequest.JPEG_QUALITY, 92)
            }
            running.capture(request.build(), object : CameraCaptureSession.CaptureCallback() {
                override fun onCaptureFailed(s: CameraCaptureSession, r: CaptureRequest, failure: CaptureFailure) =
                    finish(CameraTrouble.BUSY)
            }, main)
        } catch (_: CameraAccessException) {
            finish(CameraTrouble.BUSY)
        } catch (_: IllegalStateException) {
            finish(CameraTrouble.BUSY)
        }
    }

    private fun photoCame(reader: ImageReader) {
        val bytes = reader.acquireLatestImage()?.use { image ->
            val buffer = image.planes[0].buffer
            ByteArray(buffer.remaining()).also(buffer::get)
        } ?: return
        val file = shot?.first ?: return
        // Under another name until it is whole, so that nobody takes half a photo for one.
        val part = File(file.path + ".part")
        val failure = try {
            FileOutputStream(part).use { stream ->
                stream.write(bytes)
                stream.fd.sync()
            }
            if (part.renameTo(file)) null else CameraTrouble.FULL
        } catch (_: IOException) {
            CameraTrouble.FULL
        }
        // Half a photo would fill the disk further.
        if (failure != null) part.delete()
        main.post { finish(failure) }
    }

    private fun finish(failure: CameraTrouble?) {
        val done = shot?.second ?: return
        shot = null
        done(failure)
    }

    private fun frameCame(reader: ImageReader) {
        val image = reader.acquireLatestImage() ?: return
        val now = android.os.SystemClock.elapsedRealtime()
        val luma = image.use { if (now - lastLuma < LUMA_APART) null else luma(it) } ?: return
        lastLuma = now
        main.post { if (!closed) see?.invoke(luma) }
    }

    private fun luma(image: Image): Luma {
        val plane = image.planes[0]
        val bytes = ByteArray(image.width * image.height)
        for (row in 0 until image.height) {
            plane.buffer.position(row * plane.rowStride)
            plane.buffer.get(bytes, row * image.width, image.width)
        }
        return Luma(bytes, image.width, image.height)
    }

    @Suppress("DEPRECATION") // Its replacement came with API 30.
    private fun turned(): Int = when (activity.windowManager.defaultDisplay.rotation) {
        Surface.ROTATION_90 -> 90
        Surface.ROTATION_180 -> 180
        Surface.ROTATION_270 -> 270
        else -> 0
    }

    private fun upright(): Int = ((facts?.get(CameraCharacteristics.SENSOR_ORIENTATION) ?: 90) - turned() + 360) % 360

    /** Fills the view with the picture, cut at its edges rather than pressed. */
    private fun fit() {
        val width = texture.width.toFloat()
        val height = texture.height.toFloat()
        if (width == 0f || height == 0f) return
        val turned = turned()
        // The system turns the picture for the upright phone; what it fills then has these sides.
        val seenWidth = if (turned % 180 == 0) previewSize.height else previewSize.width
        val seenHeight = if (turned % 180 == 0) previewSize.width else previewSize.height
        val scale = maxOf(width / seenWidth, height / seenHeight)
        val matrix = Matrix()
        matrix.setScale(scale * seenWidth / width, scale * seenHeight / height, width / 2, height / 2)
        if (turned != 0) matrix.postRotate(-turned.toFloat(), width / 2, height / 2)
        texture.setTransform(matrix)
    }

    private fun fail(why: CameraTrouble) {
        if (closed) return
        finish(why)
        close()
        trouble(why)
    }

    override fun close() {
        if (closed) return
        closed = true
        session?.close()
        device?.close()
        photos?.close()
        frames?.close()
        shown?.release()
        thread.quitSafely()
    }
}
