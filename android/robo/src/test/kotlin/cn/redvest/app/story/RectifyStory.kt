package cn.redvest.app.story

import android.app.Activity
import android.content.Intent
import android.provider.MediaStore
import cn.redvest.app.MainActivity
import cn.redvest.app.camera.CameraTrouble
import cn.redvest.app.camera.Handover
import cn.redvest.core.Draft
import cn.redvest.core.Outcome
import cn.redvest.core.Stage
import cn.redvest.core.VoidReason
import cn.redvest.sdk.by
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowAlertDialog
import java.io.File

/** Request code under which the phone's own camera app is asked. */
private const val CAMERA_APP = 42

/** Putting right: what was filled in is never lost, and how far off it was done is seen. */
@RunWith(RobolectricTestRunner::class)
@Config(application = TestApp::class, qualifiers = "zh-rCN")
class RectifyStory : WorkStory() {
    private fun drafts(): List<Draft> = robot.core { core -> core.ask { drafts() } }

    /** Wang's phone with a ticket that he accepted, on its form. */
    private fun begun(id: String): Robot {
        opened("wang", id).tap("签收").see("处置中")
        return robot.tap("处置").follow()
    }

    /** The first screen, as after leaving everything else. */
    private fun home(): Robot = robot.open(Intent(app, MainActivity::class.java))

    @Test
    fun what_was_filled_in_is_kept_when_the_screen_is_left_and_home_leads_back_to_it() {
        val id = reported()
        allow()
        stands(20)
        app.scene.photos += photo(7)
        begun(id).see("还需1张整改后照片")
        assertEquals("nothing is kept before something was filled in", 0, drafts().size)
        robot.tap("拍照").tap("拍照").see("照片1")
        robot.write("情况说明", "已清扫")
        robot.await("the draft") { drafts().singleOrNull()?.takeIf { it.words == "已清扫" } }
        val kept = drafts().single()
        assertEquals(id to 1, kept.ticket to kept.after.size)
        assertTrue("where the photo was taken is kept", kept.fix != null)
        home().see("1件处置未完成")
        robot.tap("继续").follow().see("照片1")
        assertEquals("已清扫", robot.written("情况说明"))
        robot.rotate().see("照片1")
        robot.kill().see("照片1")
        assertEquals("已清扫", robot.written("情况说明"))
        assertEquals(1, drafts().size)
        robot.tap("处置")
        ended()
        gone("未完成")
        assertEquals(0, drafts().size)
        assertEquals(Stage.RECTIFIED, detail(id).row.stage)
        assertTrue(detail(id).history.any { it.words == "已清扫" && it.photos == 1u })
    }

    @Test
    fun an_outcome_is_kept_too_and_may_be_thrown_away() {
        val id = reported()
        allow()
        begun(id).tap("已劝导")
        robot.await("the draft") { drafts().singleOrNull() }
        robot.back().tap("处置").follow()
        assertTrue(robot.see("已劝导").isSelected)
        assertEquals(Outcome.PERSUADED, drafts().single().outcome)
        robot.tap("丢弃")
        ended().see("处置中")
        assertEquals(0, drafts().size)
        robot.tap("处置").follow().see("还需1张整改后照片")
        robot.misses("丢弃")
    }

    @Test
    fun a_photo_that_the_end_of_the_process_left_behind_is_taken_in() {
        val id = reported()
        begun(id).see("还需1张整改后照片")
        val folder = File(app.noBackupFilesDir, Handover.FOLDER)
        File(folder, "RECTIFY-$id-1.jpg").writeBytes(photo(8))
        robot.kill().see("照片1")
        assertEquals(1, drafts().single().after.size)
        assertEquals(0, folder.listFiles().orEmpty().size)
        robot.tap("照片1")
        robot.await("the question") { ShadowAlertDialog.getLatestAlertDialog() }.getButton(android.app.AlertDialog.BUTTON_POSITIVE).performClick()
        robot.see("还需1张整改后照片")
        robot.await("the draft without it") { true.takeIf { drafts().single().after.isEmpty() } }
    }

    @Test
    fun half_a_photo_that_the_end_of_the_process_left_behind_is_none() {
        val id = reported()
        begun(id).see("还需1张整改后照片")
        val half = photo(8).let { it.copyOf(it.size / 2) }
        val folder = File(app.noBackupFilesDir, Handover.FOLDER)
        File(folder, "RECTIFY-$id-1.jpg.part").writeBytes(half)
        val whole = File(folder, "RECTIFY-$id-2.jpg").apply { writeBytes(photo(9)) }
        robot.kill().see("照片1")
        robot.await("the whole one to be taken") { true.takeIf { !whole.exists() } }
        assertEquals(1, drafts().single().after.size)
        robot.tap("丢弃")
        ended().see("处置中")
        assertEquals("nothing of it fills the disk", 0, inFiles())
    }

    /** Has the phone's own camera app write a photo, which it has not answered with yet. */
    private fun elsewhere(photo: ByteArray) {
        robot.tap("系统相机")
        val asked = robot.await("the camera app") { shadowOf(app).nextStartedActivity }
        assertEquals(MediaStore.ACTION_IMAGE_CAPTURE, asked.action)
        app.contentResolver.openOutputStream(asked.clipData!!.getItemAt(0).uri)!!.use { it.write(photo) }
    }

    private fun inFiles(): Int = File(app.noBackupFilesDir, Handover.FOLDER).listFiles().orEmpty().size

    @Test
    fun the_phones_own_camera_helps_where_this_one_fails_also_over_the_end_of_the_process() {
        val id = reported()
        allow()
        app.scene.trouble = CameraTrouble.BUSY
        begun(id).tap("拍照").see("相机没有响应")
        elsewhere(photo(8))
        robot.kill().answer(CAMERA_APP, Activity.RESULT_OK, null)
        robot.see("照片1")
        assertEquals(1 to 0, drafts().single().after.size to inFiles())
        // What is still being written there is not looked at, and what the user rejects there never comes.
        robot.tap("拍照").see("相机没有响应")
        elsewhere(photo(9))
        robot.kill().see("相机没有响应")
        assertEquals(1 to 1, drafts().single().after.size to inFiles())
        robot.answer(CAMERA_APP, Activity.RESULT_CANCELED, null)
        assertEquals(0, inFiles())
        robot.tap("不拍照继续").see("照片1")
        stands(20)
        robot.misses("照片2").see("距上报地点20米")
        robot.tap("处置")
        ended()
        assertTrue(detail(id).history.any { it.kind == "rectified" && it.photos == 1u })
    }

    @Test
    fun evidence_comes_from_the_phones_own_camera_too_and_without_one_that_is_said() {
        val id = reported()
        allow()
        app.scene.trouble = CameraTrouble.BUSY
        opened("wang", id).tap("补充照片").follow().write("情况说明", "另一角度").tap("拍照").see("相机没有响应")
        elsewhere(photo(8))
        robot.kill().answer(CAMERA_APP, Activity.RESULT_OK, null)
        robot.see("照片1")
        assertEquals("另一角度", robot.written("情况说明"))
        robot.tap("拍照").see("相机没有响应")
        shadowOf(app).checkActivities(true)
        robot.tap("系统相机").see("这部手机没有相机")
        robot.tap("不拍照继续").tap("补充照片")
        ended()
        assertTrue(detail(id).history.any { it.words == "另一角度" && it.photos == 1u })
    }

    @Test
    fun of_several_things_begun_the_user_chooses() {
        val (first, second) = asSomebody("li") { reports(1, "滨江路1号") to reports(2, "滨江路2号") }
        begun(first).write("情况说明", "第一件")
        robot.await("the draft") { drafts().singleOrNull()?.takeIf { it.words == "第一件" } }
        robot.core { core -> core.ask { saveDraft(newDraft().copy(words = "一处井盖", place = "文昌路")) } }
        home().see("2件上报和处置未完成")
        robot.tap("继续")
        val asked = shadowOf(robot.await("the question") { ShadowAlertDialog.getLatestAlertDialog() })
        assertEquals(listOf("上报 · 文昌路", "处置 · 暴露垃圾 · 滨江路1号"), asked.items.map { it.toString().substringBeforeLast(" · ") })
        asked.clickOnItem(1)
        robot.follow().see("处置")
        assertEquals("第一件", robot.written("情况说明"))
        assertEquals(2, drafts().size)
        assertEquals(second, detail(second).row.ticket)
    }

    @Test
    fun what_can_no_longer_be_done_is_said_and_can_be_thrown_away() {
        val id = reported()
        begun(id).tap("已劝导").write("情况说明", "已劝离")
        robot.await("the draft") { drafts().singleOrNull()?.takeIf { it.words == "已劝离" } }
        // The office voids it meanwhile; this phone hears of it, and the form stands open.
        val form = robot.core { core -> core.ask { drafts().single() } }
        nobody()
        asSomebody("sun") { void(id, VoidReason.NoViolation, by()) }
        enrolled("wang")
        robot.core { core -> core.ask { saveDraft(form) } }
        robot.see("1件处置未完成")
        robot.tap("继续").follow()
        robot.await("the words") { true.takeIf { robot.written("情况说明") == "已劝离" } }
        robot.tap("处置").see("内容没有丢失，已填写的都保存在本机。")
        robot.tap("丢弃")
        ended()
        gone("未完成")
        assertEquals(0, drafts().size)
    }

    @Test
    fun of_a_ticket_that_nobody_knows_any_more_the_draft_can_be_thrown_away() {
        enrolled("wang")
        robot.core { core -> core.ask { saveDraft(newDraft().copy(ticket = newDraft().id, words = "已清扫")) } }
        robot.see("1件处置未完成")
        robot.tap("继续").follow().see("丢弃")
        robot.misses("情况说明").tap("丢弃")
        ended()
        gone("未完成")
        assertEquals(0, drafts().size)
    }

    @Test
    fun where_the_work_was_done_is_kept_and_counts_while_nothing_is_measured() {
        val id = reported()
        begun(id).tap("已劝导")
        robot.await("the draft") { drafts().singleOrNull() }
        val there = IN_WG01.copy(latE7 = IN_WG01.latE7 + 4_500)
        robot.core { core -> core.ask { saveDraft(drafts().single().copy(fix = exactly(there))) } }
        robot.kill().see("距上报地点50米")
        robot.see("±5米")
        robot.tap("处置")
        ended().see("距上报地点50米")
    }

    @Test
    fun the_distance_to_the_reported_place_follows_the_phone_and_is_told_to_the_reviewer() {
        val id = reported()
        allow()
        app.scene.photos += photo(9)
        begun(id).see("正在定位")
        stands(35)
        robot.see("距上报地点35米")
        robot.see("±6米")
        stands(12, 5f)
        robot.see("距上报地点12米")
        robot.tap("拍照").see("拍下整改后的情况")
        robot.see("距上报地点12米")
        stands(1_240, 4f)
        robot.see("距上报地点1.2公里")
        robot.tap("拍照").see("照片1")
        robot.see("距上报地点1.2公里")
        robot.tap("处置")
        ended().see("距上报地点1.2公里")
        assertTrue(detail(id).history.last { it.kind == "rectified" }.distanceM!! in 1_230u..1_250u)
        nobody()
        enrolled("sun").tap("核查").tap("滨江路1号").follow().see("第1件，共1件")
        robot.see("距上报地点 1.2公里")
        robot.see("处置时距上报地点1.2公里")
    }

    @Test
    fun without_the_right_to_measure_the_form_says_what_is_missing_and_leads_to_it() {
        val id = reported()
        begun(id).see("未获准使用位置信息。允许后可显示您与上报地点的距离。")
        robot.tap("允许")
        assertTrue(shadowOf(robot.screen).lastRequestedPermission.requestedPermissions.any { it.endsWith("ACCESS_FINE_LOCATION") })
        allow()
        robot.kill().see("正在定位")
        stands(8)
        robot.see("距上报地点8米")
    }
}
