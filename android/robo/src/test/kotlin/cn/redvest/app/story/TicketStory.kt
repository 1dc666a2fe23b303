package cn.redvest.app.story

import android.Manifest
import android.content.Intent
import cn.redvest.app.MainActivity
import cn.redvest.core.Stage
import cn.redvest.sdk.by
import cn.redvest.sdk.report
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

@RunWith(RobolectricTestRunner::class)
@Config(application = TestApp::class, qualifiers = "zh-rCN")
class TicketStory : Story() {
    /** Somebody else reports, so that there is work. */
    private fun reportedByLi() {
        asSomebody("li") {
            val category = catalogue(null).groups.flatMap { it.categories }
                .first { it.handler == cn.redvest.core.Handler.GRID && it.photosBefore <= 1u && it.photosAfter <= 1u }
            val photo = importPhoto(file(1))
            report(report(category.code, IN_WG02, listOf(photo.hash), exactly(IN_WG02), place = "文昌路口"), by("一地纸屑"))
        }
    }

    @Test
    fun a_ticket_is_accepted_and_put_right_with_a_photo_after() {
        reportedByLi()
        shadowOf(app).grantPermissions(Manifest.permission.CAMERA)
        app.scene.photos += photo(7)
        enrolled("zhao").tap("待办").tap("文昌路口").follow()
        robot.see("一地纸屑")
        robot.see("李红")
        robot.tap("签收").see("处置中")
        robot.rotate().kill().tap("处置").follow()
        robot.tap("拍照").tap("拍照").see("照片1")
        robot.write("情况说明", "已清扫").kill().see("照片1")
        assertEquals("已清扫", robot.written("情况说明"))
        robot.tap("处置").see("定位精度不足")
        val reason = robot.core { core -> core.ask { reasons().gate.first() } }
        robot.tap(reason.zh).tap("处置")
        robot.await("the form to end") { true.takeIf { robot.screen.isFinishing } }
        robot.back().see("已清扫")
        robot.core { it.sync(atOnce = true) }
        robot.await("the hub to have it") {
            val row = robot.core { core -> core.ask { mine(cn.redvest.core.Mine.WORKED, null).rows.first() } }
            true.takeIf { row.stage == Stage.RECTIFIED || row.stage == Stage.CLOSED }
        }
    }

    @Test
    fun a_ticket_that_is_not_ones_own_is_returned_with_a_reason() {
        reportedByLi()
        enrolled("zhao").tap("待办").tap("文昌路口").follow().tap("退回").follow()
        robot.tap("退回").see("原因")
        val reason = robot.core { core -> core.ask { reasons().returned.first() } }
        robot.tap(reason.zh).tap("退回")
        robot.await("the form to end") { true.takeIf { robot.screen.isFinishing } }
        robot.back().see("待派遣")
    }

    @Test
    fun the_way_is_shown_in_the_map_app() {
        reportedByLi()
        enrolled("zhao").tap("待办").tap("文昌路口").follow().tap("前往")
        val asked = robot.await("the map app") { shadowOf(app).nextStartedActivity }
        assertEquals(Intent.ACTION_VIEW, asked.action)
        // GCJ-02 lies some hundred metres from WGS-84 here.
        val (lat, lon) = asked.data.toString().substringAfter("geo:").substringBefore("?").split(",").map(String::toDouble)
        assertTrue("$lat $lon", lat in 31.229..31.2320 && lon in 121.478..121.486)
    }

    @Test
    fun a_list_is_narrowed_and_what_i_reported_stands_on_it() {
        reportedByLi()
        enrolled("li").tap("待办").see("没有待办")
        robot.tap("我上报的").see("文昌路口")
        robot.rotate().tap("首页").see("我上报的")
        assertTrue(robot.screen is MainActivity)
    }

    @Test
    fun a_new_ticket_is_told_once_and_its_notice_opens_it() {
        reportedByLi()
        robot.core { it.enrol(world.invite("zhao"), "test") }
        robot.core { app.look() }
        val manager = app.getSystemService(android.app.NotificationManager::class.java)
        val notice = robot.await("a notice") { manager?.activeNotifications?.map { it.notification }?.find { it.contentIntent != null } }
        assertTrue(notice.extras.getString("android.title").orEmpty().startsWith("新任务"))
        val intents = shadowOf(notice.contentIntent).savedIntents
        robot.open(Intent(intents.last())).see("一地纸屑")
        manager?.cancelAll()
        robot.core { app.look() }
        assertEquals(0, manager?.activeNotifications?.size)
    }
}
