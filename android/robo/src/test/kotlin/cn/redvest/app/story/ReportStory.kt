package cn.redvest.app.story

import android.Manifest
import android.content.Context
import android.location.Location
import android.location.LocationManager
import android.os.SystemClock
import cn.redvest.app.camera.CameraTrouble
import cn.redvest.core.Mine
import cn.redvest.core.TicketRow
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

@RunWith(RobolectricTestRunner::class)
@Config(application = TestApp::class, qualifiers = "zh-rCN")
class ReportStory : Story() {
    private fun allow() = shadowOf(app).grantPermissions(
        Manifest.permission.CAMERA, Manifest.permission.ACCESS_FINE_LOCATION, Manifest.permission.ACCESS_COARSE_LOCATION,
    )

    /** The phone measures where it is: in the middle of the first grid, so exactly. */
    private fun stands(metres: Float) {
        val manager = app.getSystemService(Context.LOCATION_SERVICE) as LocationManager
        shadowOf(manager).setProviderEnabled(LocationManager.GPS_PROVIDER, true)
        shadowOf(manager).simulateLocation(Location(LocationManager.GPS_PROVIDER).apply {
            latitude = 31.2325
            longitude = 121.4725
            accuracy = metres
            time = app.now()
            elapsedRealtimeNanos = SystemClock.elapsedRealtimeNanos()
        })
    }

    private fun mine(): List<TicketRow> = robot.core { core -> core.ask { mine(Mine.REPORTED, null).rows } }

    @Test
    fun three_taps_report_and_the_hub_has_it() {
        allow()
        stands(6f)
        app.scene.photos += photo(1)
        enrolled("li").tap("上报").follow()
        stands(6f)
        robot.tap("拍照").write("搜索", "bllj").tap("暴露垃圾")
        robot.see("±6米")
        robot.see("和平一网格")
        robot.tap("保存上报")
        robot.await("the screen to end") { true.takeIf { robot.screen.isFinishing } }
        robot.back().see("我上报的")
        robot.core { it.sync(atOnce = true) }
        val ticket = mine().single()
        assertEquals("WG01", ticket.grid)
        assertTrue("the hub numbers it: ${ticket.number}", ticket.number.length > 10)
        val device = robot.core { core -> core.ask { account() } }!!.device
        val here = robot.core { core -> core.ask { digest() } }.associate { it.key to it.digest }
        assertTrue(here.isNotEmpty())
        for ((key, digest) in world.digests(device)) here[key]?.let { assertEquals(key, digest, it) }
    }

    @Test
    fun what_was_begun_survives_a_rotation_and_the_end_of_the_process_and_is_offered_again() {
        allow()
        app.scene.photos += photo(2)
        enrolled("li").tap("上报").follow()
        robot.tap("拍照").see("搜索")
        robot.rotate().kill().see("搜索")
        robot.write("搜索", "bllj").tap("暴露垃圾").write("情况说明", "桶旁一堆")
        robot.kill()
        assertEquals("桶旁一堆", robot.written("情况说明"))
        robot.see("照片1")
        robot.back().see("1条上报未完成")
        robot.tap("继续").follow().see("照片1")
        assertEquals("桶旁一堆", robot.written("情况说明"))
        robot.tap("丢弃")
        robot.await("the screen to end") { true.takeIf { robot.screen.isFinishing } }
        robot.back().see("1张照片尚未用于上报").let { robot.misses("1条上报未完成") }
    }

    @Test
    fun without_a_fix_the_grid_is_picked_and_in_flight_mode_it_is_saved_all_the_same() {
        shadowOf(app).grantPermissions(Manifest.permission.CAMERA)
        app.scene.photos += photo(3)
        enrolled("li")
        app.online(there = false)
        robot.tap("上报").follow().tap("拍照").write("搜索", "bllj").tap("暴露垃圾")
        robot.see("未获准使用位置信息")
        robot.tap("选择网格").write("搜索", "和平一").tap("选择 和平一网格")
        robot.tap("保存上报").see("定位精度不够")
        val reason = robot.core { core -> core.ask { reasons().gate.first() } }
        robot.tap(reason.zh).tap("保存上报")
        robot.await("the screen to end") { true.takeIf { robot.screen.isFinishing } }
        robot.back().see("1张照片待发送")
        assertEquals("WG01", mine().single().grid)
    }

    @Test
    fun put_right_on_the_spot_needs_a_photo_after() {
        allow()
        stands(5f)
        app.scene.photos += listOf(photo(4), photo(5))
        enrolled("li").tap("上报").follow()
        stands(5f)
        robot.tap("拍照").write("搜索", "bllj").tap("暴露垃圾")
        robot.see("±5米")
        robot.tap("立行立改").see("还需1张整改后照片")
        robot.tap("保存上报").see("内容没有丢失")
        robot.await("the tile for the photo after") { true.takeIf { robot.said().contains("还需1张整改后照片") } }
        robot.tapLast("拍照").tap("拍照").see("整改后照片1")
        robot.tap("保存上报")
        robot.await("the screen to end") { true.takeIf { robot.screen.isFinishing } }
        val row = mine().single()
        assertEquals(2u, row.photos)
    }

    @Test
    fun a_camera_that_fails_leaves_two_ways_on() {
        allow()
        app.scene.trouble = CameraTrouble.BUSY
        enrolled("li").tap("上报").follow().see("相机没有响应")
        robot.tap("系统相机")
        val asked = robot.await("the camera app") { shadowOf(app).nextStartedActivity }
        assertEquals("android.media.action.IMAGE_CAPTURE", asked.action)
        val place = asked.clipData!!.getItemAt(0).uri
        app.contentResolver.openOutputStream(place)!!.use { it.write(photo(6)) }
        robot.kill().answer(42, android.app.Activity.RESULT_OK, null)
        robot.see("选择类别")
        robot.write("搜索", "bllj").tap("暴露垃圾").see("照片1")
    }

    @Test
    fun without_any_right_every_screen_says_what_to_do() {
        enrolled("li").tap("上报").follow().see("未获准使用相机")
        robot.tap("不拍照继续").see("选择类别")
        robot.write("搜索", "zzzz").see("没有找到")
    }
}
