package cn.redvest.app.story

import android.app.Activity
import android.app.job.JobScheduler
import android.content.Intent
import android.net.Uri
import cn.redvest.app.MainActivity
import cn.redvest.app.background.DutyService
import cn.redvest.app.background.PhoneScheduler
import cn.redvest.app.background.SyncJob
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import java.io.ByteArrayOutputStream

/** Request code under which the place of the diagnostic file is asked for. */
private const val SAVE = 21

@RunWith(RobolectricTestRunner::class)
@Config(application = TestApp::class, qualifiers = "zh-rCN")
class HomeStory : Story() {
    /** Reports litter with a photo through the core, as the report screen does. */
    private fun reported(): String = robot.core { core -> core.ask { reports(1, "滨江路") } }

    @Test
    fun what_waits_is_counted_until_it_is_sent() {
        enrolled("li").see("已全部发送")
        app.online(there = false)
        reported()
        robot.see("1张照片待发送")
        robot.kill().see("1张照片待发送")
        app.online()
        robot.tap("1张照片待发送").see("待发送")
        robot.tap("立即同步").see("已全部发送")
        robot.rotate().see("已全部发送")
        robot.tap("首页").see("已全部发送")
    }

    @Test
    fun a_report_of_somebody_else_is_what_is_due_next() {
        enrolled("li")
        reported()
        nobody()
        enrolled("wang").see("最先到期")
        robot.see("暴露垃圾")
        robot.see("还剩")
        robot.see("待签收")
    }

    @Test
    fun a_shift_keeps_the_app_awake_and_ends_when_the_user_says_so() {
        enrolled("li").tap("未在岗").see("在岗")
        val started = robot.await("the shift's service") { shadowOf(app).nextStartedService }
        assertEquals(DutyService::class.java.name, started.component?.className)
        val service = Robolectric.buildService(DutyService::class.java, started).create().startCommand(0, 1)
        assertEquals("在岗", shadowOf(service.get()).lastForegroundNotification.extras.getString("android.title"))
        job()
        robot.rotate().tap("在岗").see("未在岗")
        assertFalse(app.settings.onDuty)
    }

    @Test
    fun a_job_stands_by_over_restarts_and_its_look_sends_what_waits() {
        enrolled("li")
        val job = job()
        assertEquals(SyncJob::class.java.name, job.service.className)
        assertTrue(job.isPersisted)
        reported()
        robot.see("1张照片待发送")
        app.ahead = 20 * 60_000
        robot.core { app.look() }
        robot.see("已全部发送")
    }

    private fun job() = robot.await("a job that stands by") {
        app.getSystemService(JobScheduler::class.java)?.allPendingJobs?.find { it.id == PhoneScheduler.LOOK }
    }

    @Test
    fun a_device_that_was_withdrawn_is_told_why_and_led_to_the_enrolment() {
        enrolled("li")
        val device = robot.core { core -> core.ask { account() } }!!.device
        world.revoke(device)
        robot.tap("同步").tap("立即同步")
        robot.see("重新登记")
        robot.kill().see("重新登记")
        robot.tap("重新登记").follow().see("登记码")
    }

    @Test
    fun the_diagnostic_file_lies_where_the_user_wants_it_and_names_nobody() {
        enrolled("li")
        reported()
        robot.tap("同步").tap("保存诊断文件")
        val asked = robot.await("the system's own screen") { shadowOf(app).nextStartedActivity }
        assertEquals(Intent.ACTION_CREATE_DOCUMENT, asked.action)
        val written = ByteArrayOutputStream()
        val place = Uri.parse("content://documents/diagnostic.json")
        shadowOf(app.contentResolver).registerOutputStream(place, written)
        robot.answer(SAVE, Activity.RESULT_OK, Intent().setData(place))
        robot.await("the file") { written.takeIf { it.size() > 0 } }
        val text = written.toString()
        assertTrue(JSONObject(text).length() > 0)
        for (private in listOf("李红", "滨江路", "很多袋子", "123.2")) assertFalse(private, text.contains(private))
    }

    @Test
    fun originals_wait_for_wifi_until_the_user_lets_them_go() {
        enrolled("li")
        app.online(unmetered = false)
        reported()
        robot.core { app.look() }
        robot.tap("同步").tap("立即同步").see("原图将在连接 Wi-Fi 后发送")
        robot.kill().see("原图将在连接 Wi-Fi 后发送")
        robot.tap("仅在 Wi-Fi 下发送原图").tap("立即同步").see("已全部发送")
        assertTrue(robot.screen is MainActivity)
    }
}
