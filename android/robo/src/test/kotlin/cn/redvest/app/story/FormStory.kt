package cn.redvest.app.story

import cn.redvest.app.looks.all
import cn.redvest.app.place.PlaceMap
import cn.redvest.core.Grant
import cn.redvest.core.Outcome
import cn.redvest.core.Rectify
import cn.redvest.core.Shows
import cn.redvest.core.Stage
import cn.redvest.sdk.by
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

/** Forms that ask for more than words: each says what is missing, keeps what was chosen, and reaches the core. */
@RunWith(RobolectricTestRunner::class)
@Config(application = TestApp::class, qualifiers = "zh-rCN")
class FormStory : WorkStory() {
    /** Turns the phone, then ends the process; each time these words have to be there. */
    private fun stays(vararg words: String) {
        for (turned in listOf(robot::rotate, robot::kill)) {
            turned()
            words.forEach(robot::see)
        }
    }

    @Test
    fun a_photo_is_judged() {
        val id = reported()
        asSomebody("wang") {
            accept(id, by())
            rectify(id, Rectify(Outcome.RECTIFIED, listOf(importPhoto(file(11)).hash), exactly(IN_WG01), null, null), by("已清扫"))
        }
        opened("zhou", id).tap("照片核查").follow()
        robot.tap("照片核查").see("请先选择要核查的照片。")
        robot.tap("整改后 1").tap("照片核查").see("请先选择核查结论。")
        robot.tap("摆拍").write("情况说明", "像是摆放的")
        stays("整改后 1 · 第1轮, 已选")
        assertEquals("像是摆放的", robot.written("情况说明"))
        robot.tap("照片核查")
        ended().see("摆拍")
        assertEquals("staged", detail(id).photos.single { it.shows == Shows.AFTER }.verdict)
        assertTrue(detail(id).history.any { it.words == "像是摆放的" })
    }

    @Test
    fun a_category_is_found_by_its_first_letters_and_changed() {
        val id = reported()
        opened("sun", id).tap("改类").follow().see("原类别 暴露垃圾")
        robot.tap("改类").see("请先选择新的类别。")
        robot.tap("选择类别").write("搜索", "dlbj").tap("道路不洁")
        stays("类别: 道路不洁", "原类别 暴露垃圾")
        robot.tap("改类")
        ended().see("道路不洁")
        assertEquals("M06012", detail(id).row.category)
    }

    @Test
    fun the_pin_is_moved_with_new_words_for_the_place() {
        val id = reported()
        opened("li", id).tap("改址").follow().see("和平一网格")
        robot.tap("改址").see("请先移动图钉、选择网格或改写具体位置。")
        robot.tap("移动图钉")
        map().move(IN_WG02)
        stays("就在这里")
        robot.tap("就在这里").see("和平二网格")
        robot.see("已移动图钉")
        robot.write("具体位置", "文昌路口")
        stays("和平二网格", "已移动图钉")
        assertEquals("文昌路口", robot.written("具体位置"))
        robot.tap("改址")
        ended().see("文昌路口")
        val row = detail(id).row
        assertEquals(IN_WG02 to "WG02", row.pin to row.grid)
        assertEquals("文昌路口", row.place)
    }

    private fun map() = robot.await("the map") { all(robot.screen.window.decorView).filterIsInstance<PlaceMap>().firstOrNull() }

    @Test
    fun a_grid_from_the_tree_stands_for_the_place() {
        val id = reported()
        opened("li", id).tap("改址").follow().tap("选择网格").write("搜索", "文昌一").tap("选择 文昌一网格")
        stays("文昌一网格")
        robot.tap("改址")
        ended().see("改址")
        assertEquals(null to "WG03", detail(id).row.let { it.pin to it.grid })
    }

    @Test
    fun new_words_for_the_place_move_nothing() {
        val id = reported()
        opened("li", id).tap("改址").follow().write("具体位置", "滨江路1号后门").tap("改址")
        ended().see("滨江路1号后门")
        assertEquals(IN_WG01 to "WG01", detail(id).row.let { it.pin to it.grid })
    }

    @Test
    fun more_time_is_asked_for_in_the_unit_of_the_limit_and_granted_as_asked() {
        val id = reported()
        opened("wang", id).tap("申请挂账或延期").follow().see("受天气或季节限制")
        robot.tap("延期").see("延长多少工作时间？")
        robot.misses("受天气或季节限制").tap("申请挂账或延期").see("请先选择原因。")
        robot.tap("2小时").tap("等待材料或设备")
        stays("延长多少工作时间？")
        robot.tap("申请挂账或延期")
        ended().see("延期 120 分钟工作时")
        nobody()
        opened("sun", id).tap("同意").follow().see("王强的申请")
        robot.see("延期 120 分钟工作时，等待材料或设备")
        assertTrue(robot.see("2小时").isSelected)
        robot.tap("同意")
        ended()
        val granted = detail(id)
        assertNull(granted.ask)
        assertEquals("延期 120 分钟工作时", granted.history.last().aboutZh)
    }

    @Test
    fun who_refuses_a_request_sees_it() {
        val id = reported()
        asSomebody("wang") { askTime(id, Grant.Extension(60u), "weather", by("下雨")) }
        opened("sun", id).tap("不同意").follow().see("延期 60 分钟工作时，天气影响")
        robot.see("下雨")
        robot.misses("挂账").tap("不同意")
        ended()
        assertNull(detail(id).ask)
    }

    @Test
    fun days_are_asked_for_where_the_limit_counts_days() {
        val id = reported("M06036")
        opened("wang", id).tap("申请挂账或延期").follow().tap("延期").tap("3个工作日").tap("工程量大").tap("申请挂账或延期")
        ended().see("延期 3 个工作日，工程量大")
    }

    @Test
    fun clocks_stand_until_the_minute_that_was_asked_for() {
        val id = reported()
        opened("wang", id).tap("申请挂账或延期").follow().tap("7天").tap("需立项或等待资金").tap("申请挂账或延期")
        ended().see("挂账至")
        nobody()
        opened("sun", id).tap("同意").follow()
        assertTrue(robot.see("按申请").isSelected)
        stays("按申请")
        robot.tap("同意")
        ended()
        val minute = 60_000
        val (asked, granted) = detail(id).history.mapNotNull { it.aboutZh?.substringAfter("挂账至 ", "")?.take(16)?.ifEmpty { null } }
        assertEquals(asked, granted)
        val days = (detail(id).row.suspendedUntil!! - app.now()) / 86_400_000.0
        assertTrue("$days", days > 7 - 3.0 * minute / 86_400_000 && days <= 7)
    }

    @Test
    fun a_ticket_is_voided_as_the_duplicate_of_another_near_by() {
        val (first, second) = asSomebody("li") { reports(1, "滨江路1号") to reports(2, "滨江路1号旁") }
        opened("li", second).tap("作废").follow().tap("重复上报").tap("作废").see("请先选择与哪一件工单重复。")
        robot.misses("滨江路1号旁")
        robot.see(detail(first).row.number)
        robot.tap("滨江路1号")
        stays("已选")
        robot.tap("作废")
        ended().see("重复上报")
        assertEquals(Stage.VOIDED, detail(second).row.stage)
        assertEquals(Stage.DISPATCHED, detail(first).row.stage)
    }

    @Test
    fun a_ticket_is_dispatched_to_one_who_leads_and_others_who_cooperate() {
        val id = reported("M06011")
        opened("sun", id).tap("派遣").follow().tap("派遣").see("请先选择由谁主办。")
        robot.tap("住房建设局").tap("添加协办").tapLast("城市管理局").tap("需多部门联合处置")
        stays("由谁协办？")
        assertTrue(robot.see("住房建设局").isSelected)
        robot.tap("派遣")
        ended()
        val done = detail(id)
        assertEquals("agency:ZJ", done.row.lead)
        assertTrue("${done.cooperatingZh}", "城市管理局" in done.cooperatingZh)
    }

    @Test
    fun who_cooperates_is_urged_where_that_is_chosen() {
        val id = reported("M06011")
        opened("zhou", id).tap("督办").follow()
        assertTrue(robot.see("城市管理局").isSelected)
        robot.tap("和平一网格")
        stays("对谁？")
        robot.tap("督办")
        ended()
        assertEquals("和平一网格", detail(id).history.last { it.kind == "urged" }.aboutZh)
    }
}
