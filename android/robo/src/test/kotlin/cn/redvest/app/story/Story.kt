package cn.redvest.app.story

import android.content.Intent
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Paint
import cn.redvest.app.MainActivity
import cn.redvest.core.Device
import cn.redvest.testing.World
import org.junit.After
import org.junit.Before
import org.junit.Rule
import org.junit.rules.TemporaryFolder
import org.robolectric.RuntimeEnvironment
import java.io.ByteArrayOutputStream
import java.io.File

/** What every story begins and ends with: a district with a hub, a phone on its network, and a user. */
abstract class Story {
    @get:Rule
    val folder: TemporaryFolder = TemporaryFolder()

    protected lateinit var world: World
    protected lateinit var app: TestApp
    protected lateinit var robot: Robot

    @Before
    fun begin() {
        world = World()
        app = RuntimeEnvironment.getApplication() as TestApp
        app.online()
        robot = Robot(app)
    }

    @After
    fun end() {
        robot.end()
        world.close()
    }

    /** Somebody's phone, enrolled and in step with the hub, showing the first screen. */
    protected fun enrolled(who: String): Robot {
        robot.core { it.enrol(world.invite(who), "test") }
        robot.core { it.sync(atOnce = true) }
        return robot.open(Intent(app, MainActivity::class.java))
    }

    /** What was done reaches the hub, and the phone is nobody's again. */
    protected fun nobody() {
        robot.core { it.sync(atOnce = true) }
        robot.end()
        app.noBackupFilesDir.deleteRecursively()
        app.noBackupFilesDir.mkdirs()
    }

    /** The phone becomes somebody's, who does something; then it is nobody's again. */
    protected fun <T> asSomebody(who: String, work: Device.() -> T): T {
        robot.core { it.enrol(world.invite(who), "another phone") }
        robot.core { it.sync(atOnce = true) }
        val done = robot.core { it.ask(work) }
        nobody()
        return done
    }

    /** A photo in a file. */
    protected fun file(number: Int): String = File(folder.root, "photo$number.jpg").apply { writeBytes(photo(number)) }.path

    /** A photo as a camera writes it; each number gives another one. */
    protected fun photo(number: Int): ByteArray {
        val bitmap = Bitmap.createBitmap(640, 480, Bitmap.Config.ARGB_8888)
        val canvas = Canvas(bitmap)
        canvas.drawColor(Color.rgb(90 + number * 23 % 120, 140, 120))
        val paint = Paint().apply { color = Color.rgb(200, 60 + number * 17 % 90, 40) }
        repeat(9) { canvas.drawRect(30f + it * 60, 60f + (it * number * 37) % 300, 70f + it * 60, 420f, paint) }
        return ByteArrayOutputStream().also { bitmap.compress(Bitmap.CompressFormat.JPEG, 90, it) }.toByteArray()
    }
}
