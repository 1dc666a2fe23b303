package cn.redvest.app.story

import android.Manifest
import android.content.Intent
import android.net.Uri
import cn.redvest.app.MainActivity
import cn.redvest.app.camera.CameraTrouble
import cn.redvest.app.camera.Luma
import cn.redvest.app.enrol.EnrolActivity
import com.google.zxing.BarcodeFormat
import com.google.zxing.qrcode.QRCodeWriter
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

/** Request code under which the enrolment asks for a scan. */
private const val SCAN = 31

@RunWith(RobolectricTestRunner::class)
@Config(application = TestApp::class, qualifiers = "zh-rCN")
class EnrolStory : Story() {
    @Test
    fun a_link_enrols_and_the_first_page_comes_by_itself() {
        robot.open(Intent(Intent.ACTION_VIEW, Uri.parse(world.invite("li"))))
        robot.follow()
        assertTrue(robot.screen is MainActivity)
        robot.see("示范区创文办")
        robot.see("上次同步")
    }

    @Test
    fun a_new_phone_is_led_to_the_enrolment() {
        robot.open(Intent(app, MainActivity::class.java)).follow()
        assertTrue(robot.screen is EnrolActivity)
        robot.see("请向创文办领取登记码")
    }

    @Test
    fun a_mistyped_code_says_what_to_do_and_stays_over_rotation_and_the_end_of_the_process() {
        val code = world.invite("li")
        val wrong = code.dropLast(2) + if (code.endsWith("00")) "11" else "00"
        robot.open(Intent(app, EnrolActivity::class.java)).write("登记码", wrong).tap("登记")
        robot.see("登记码有误")
        robot.rotate()
        assertEquals(wrong, robot.written("登记码"))
        robot.kill()
        assertEquals(wrong, robot.written("登记码"))
        robot.write("登记码", " $code\n").tap("登记").follow().see("上次同步")
    }

    @Test
    fun without_a_network_the_sentence_says_so_and_the_same_code_works_later() {
        val code = world.invite("wang")
        world.fault("storm 1 100")
        robot.open(Intent(app, EnrolActivity::class.java)).write("登记码", code).tap("登记")
        robot.see("代码：")
        world.fault("none")
        robot.tap("登记").follow().see("上次同步")
    }

    @Test
    fun a_code_is_used_once() {
        val code = world.invite("li")
        robot.core { it.enrol(code, "another phone") }
        robot.core { app.giveUp() }
        app.noBackupFilesDir.deleteRecursively()
        app.noBackupFilesDir.mkdirs()
        robot.open(Intent(Intent.ACTION_VIEW, Uri.parse(code)))
        robot.see("代码：code_used")
    }

    @Test
    fun the_camera_reads_the_code() {
        shadowOf(app).grantPermissions(Manifest.permission.CAMERA)
        app.scene.shows = picture(world.invite("li"))
        robot.open(Intent(app, EnrolActivity::class.java)).tap("扫描二维码")
        robot.follow()
        robot.await("the scan to end") { true.takeIf { robot.screen.isFinishing } }
        robot.back(SCAN)
        assertEquals(0, app.scene.open)
        robot.follow().see("上次同步")
    }

    @Test
    fun a_camera_that_may_not_be_used_says_so_and_leads_to_the_settings() {
        robot.open(Intent(app, EnrolActivity::class.java)).tap("扫描二维码").follow()
        assertNotNull(shadowOf(robot.screen).lastRequestedPermission)
        robot.see("未获准使用相机")
        robot.tap("打开设置")
        assertEquals("android.settings.APPLICATION_DETAILS_SETTINGS", shadowOf(robot.screen).nextStartedActivity.action)
        robot.tap("手动填写")
        assertTrue(robot.screen.isFinishing)
    }

    @Test
    fun a_camera_that_does_not_answer_can_be_tried_again() {
        shadowOf(app).grantPermissions(Manifest.permission.CAMERA)
        app.scene.trouble = CameraTrouble.BUSY
        robot.open(Intent(app, EnrolActivity::class.java)).tap("扫描二维码").follow()
        robot.see("相机没有响应")
        app.scene.trouble = null
        robot.tap("重试").see("将二维码放入框内")
    }

    @Test
    fun pasting_needs_something_to_paste() {
        robot.open(Intent(app, EnrolActivity::class.java)).tap("粘贴").see("没有可粘贴的文字")
        assertNull(shadowOf(app).nextStartedActivity)
    }

    /** A code as a camera sees it: grey rather than black, off the middle, with other things around it. */
    private fun picture(code: String): Luma {
        val (width, height, side) = Triple(640, 480, 360)
        val code = QRCodeWriter().encode(code, BarcodeFormat.QR_CODE, side, side)
        val bytes = ByteArray(width * height) { (150 + it % 7).toByte() }
        for (y in 0 until side) for (x in 0 until side) {
            bytes[(y + 70) * width + x + 200] = if (code[x, y]) 50 else 215.toByte()
        }
        return Luma(bytes, width, height)
    }
}
