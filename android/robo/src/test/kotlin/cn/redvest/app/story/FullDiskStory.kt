package cn.redvest.app.story

import android.Manifest
import cn.redvest.app.ticket.TicketActivity
import cn.redvest.core.Mine
import cn.redvest.core.Stage
import cn.redvest.core.TicketRow
import cn.redvest.sdk.RedVestFailure
import cn.redvest.sdk.by
import cn.redvest.sdk.report
import cn.redvest.testing.phone
import cn.redvest.testing.syncNow
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Assume.assumeTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import java.io.File

/** Bytes that the core needs to be opened: the index of its log, and a page. A photo does not fit into what is left of them. */
private const val OPENING = 36_864

/** A phone whose disk is full: nothing is lost, a sentence says what to do, and doing it helps. */
@RunWith(RobolectricTestRunner::class)
@Config(application = TestApp::class, qualifiers = "zh-rCN")
class FullDiskStory : Story() {
    private var disk: SmallDisk? = null

    @Before
    fun shrink() {
        disk = SmallDisk.over(app.noBackupFilesDir, 6144)
        assumeTrue("a small disk can be mounted", disk != null)
        shadowOf(app).grantPermissions(Manifest.permission.CAMERA)
    }

    @After
    fun grow() {
        robot.end()
        disk?.close()
    }

    private fun small(): SmallDisk = checkNotNull(disk)

    private fun mine(): List<TicketRow> = robot.core { core -> core.ask { mine(Mine.REPORTED, null).rows } }

    /** Fills what room the database has left in its own files too, by reports that say much. Gives how many were saved. */
    private fun fillToTheLast(): Int {
        val file = File(folder.root, "other.jpg").apply { writeBytes(photo(9)) }
        val photo = robot.core { core -> core.ask { importPhoto(file.path).hash } }
        small().fill()
        return robot.core { core ->
            var saved = 0
            try {
                while (saved < 3_000) {
                    core.ask { report(report("M06010", IN_WG01, listOf(photo), HERE, place = "滨江路"), by("满".repeat(2_000))) }
                    saved += 1
                }
                error("the disk never fills up")
            } catch (full: RedVestFailure.Storage) {
                assertEquals("disk_full", full.code)
                saved
            }
        }
    }

    /** A form with everything but the save, its grid picked by hand. */
    private fun filledIn() {
        robot.tap("上报").follow().tap("拍照").write("搜索", "bllj").tap("暴露垃圾")
        robot.tap("选择网格").write("搜索", "和平一").tap("选择 和平一网格").tap("保存上报").see("定位精度不够")
        val reason = robot.core { core -> core.ask { reasons().gate.first() } }
        robot.tap(reason.zh).write("情况说明", "桶旁一堆")
    }

    @Test
    fun a_photo_that_finds_no_room_is_taken_again_or_waits_for_room() {
        val (first, second) = photo(1) to photo(2)
        app.scene.photos += listOf(first, first, second)
        enrolled("li")
        small().fill()
        // Not even the camera's own file has room.
        robot.tap("上报").follow().tap("拍照").see("手机存储空间已满")
        robot.see("请清理空间后重试")
        small().free()
        robot.tap("重试").tap("拍照").write("搜索", "bllj").tap("暴露垃圾").see("照片1")
        // The camera's file has room, and the core has none.
        small().fill(leave = second.size / 4096 * 4096 + 8192)
        robot.tap("拍照").tap("拍照").see("清理空间")
        robot.see("内容没有丢失")
        robot.see("1张照片等待存储空间")
        // It waits also over the end of the process, and while there is still no room.
        robot.killAtRest { small().fill(leave = OPENING) }.see("1张照片等待存储空间")
        robot.see("清理空间")
        small().free()
        robot.tap("选择网格").write("搜索", "和平一").tap("选择 和平一网格").tap("保存上报").see("照片2")
        val reason = robot.core { core -> core.ask { reasons().gate.first() } }
        robot.tap(reason.zh).tap("保存上报")
        robot.await("the screen to end") { true.takeIf { robot.screen.isFinishing } }
        assertEquals(2u, mine().single().photos)
        assertEquals(emptyList<String>(), File(app.noBackupFilesDir, "shots").list().orEmpty().toList())
    }

    @Test
    fun a_photo_of_work_that_finds_no_room_waits_and_is_bound_when_there_is_some() {
        val id = world.phone("li", "other").use { li ->
            val photo = li.importPhoto(File(folder.root, "photo.jpg").apply { writeBytes(photo(4)) }.path).hash
            li.report(report("M06010", IN_WG01, listOf(photo), HERE, place = "滨江路"), by("很多袋子")).ticket.also { li.syncNow() }
        }
        val photo = photo(5)
        app.scene.photos += listOf(photo, photo)
        enrolled("wang").open(TicketActivity.intent(app, id)).tap("签收").see("处置中")
        robot.tap("处置").follow()
        small().fill()
        robot.tap("拍照").tap("拍照").see("手机存储空间已满")
        small().free()
        // The camera's file has room, and the core has none.
        small().fill(leave = photo.size / 4096 * 4096 + 8192)
        robot.tap("重试").tap("拍照").see("清理空间")
        robot.see("1张照片等待存储空间")
        robot.killAtRest { small().fill(leave = OPENING) }.see("1张照片等待存储空间")
        robot.tap("处置").see("清理空间")
        robot.see("1张照片等待存储空间")
        small().free()
        robot.tap("处置").see("照片1")
        val reason = robot.core { core -> core.ask { reasons().gate.first() } }
        robot.tap(reason.zh).tap("处置")
        robot.await("the screen to end") { true.takeIf { robot.screen.isFinishing } }
        val done = robot.core { core -> core.ask { ticket(id) } }
        assertEquals(Stage.RECTIFIED to 1u, done.row.stage to done.history.last().photos)
        assertEquals(emptyList<String>(), File(app.noBackupFilesDir, "shots").list().orEmpty().toList())
        assertTrue(robot.core { core -> core.ask { drafts() } }.isEmpty())
    }

    @Test
    fun a_report_that_finds_no_room_is_saved_when_there_is_some() {
        app.scene.photos += photo(3)
        enrolled("li")
        filledIn()
        val others = fillToTheLast()
        robot.tap("保存上报").see("清理空间")
        robot.see("内容没有丢失")
        robot.kill().see("照片1")
        assertEquals("桶旁一堆", robot.written("情况说明"))
        small().free()
        robot.see("暴露垃圾")
        robot.tap("保存上报")
        robot.await("the screen to end") { true.takeIf { robot.screen.isFinishing } }
        val saved = generateSequence(robot.core { core -> core.ask { mine(Mine.REPORTED, null) } }) { page ->
            page.next?.let { next -> robot.core { core -> core.ask { mine(Mine.REPORTED, next) } } }
        }.flatMap { it.rows }.toList()
        assertEquals(others + 1, saved.size)
        assertTrue(saved.any { it.words == "桶旁一堆" && it.photos == 1u })
        robot.core { it.sync(atOnce = true) }
        assertTrue(robot.core { core -> core.ask { doctor().findings } }.isEmpty())
    }

    @Test
    fun a_sync_that_finds_no_room_says_so_and_brings_everything_when_there_is_some() {
        enrolled("wang")
        world.phone("li", "other").use { li ->
            val photo = li.importPhoto(File(folder.root, "photo.jpg").apply { writeBytes(photo(4)) }.path).hash
            repeat(40) { li.report(report("M06010", IN_WG01, listOf(photo), HERE, place = "滨江路${it}号"), by("满".repeat(2_000))) }
            li.syncNow()
        }
        small().fill()
        robot.tap("同步").tap("立即同步").see("清理空间")
        small().free()
        robot.tap("立即同步").see("已全部发送")
        robot.await("the tickets of others") { true.takeIf { robot.core { core -> core.ask { home() } }.tallies.sumOf { it.tickets.toLong() } == 40L } }
        val device = robot.core { core -> core.ask { account() } }!!.device
        val here = robot.core { core -> core.ask { digest() } }.associate { it.key to it.digest }
        for ((key, digest) in world.digests(device)) assertEquals(key, digest, here[key])
    }
}
