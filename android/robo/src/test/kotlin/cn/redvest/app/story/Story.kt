package cn.redvest.app.story

import android.content.Intent
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Paint
import cn.redvest.app.MainActivity
import cn.redvest.core.Device
import cn.redvest.core.Fix
import cn.redvest.core.FixSource
import cn.redvest.core.Position
import cn.redvest.sdk.by
import cn.redvest.sdk.report
import cn.redvest.testing.World
import java.io.ByteArrayOutputStream
import java.io.File
import org.junit.After
import org.junit.Before
import org.junit.Rule
import org.junit.rules.TemporaryFolder
import org.robolectric.RuntimeEnvironment

/** The middles of the two grids that the grid manager's community has: Wang works for the first, Zhao for the second. */
val IN_WG01: Position = Position(312_325_000, 1_214_725_000)
val IN_WG02: Position = Position(312_325_000, 1_214_775_000)

/** A good measurement at a place. */
fun exactly(at: Position): Fix = Fix(at, 500u, FixSource.SATELLITE, 0u, false)

/** A good measurement in the first grid. */
val HERE: Fix = exactly(IN_WG01)

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

    /** Reports litter with a photo through the core, as the report screen does. */
    protected fun Device.reports(number: Int, place: String, category: String = "M06010", at: Position = IN_WG01): String {
        val photo = importPhoto(file(number))
        return report(report(category, at, listOf(photo.hash), exactly(at), place = place), by("很多袋子")).ticket
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
