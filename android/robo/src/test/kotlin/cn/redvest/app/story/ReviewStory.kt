package cn.redvest.app.story

import android.graphics.RectF
import android.graphics.drawable.BitmapDrawable
import android.os.SystemClock
import android.view.InputDevice
import android.view.MotionEvent
import android.view.View
import android.widget.ImageView
import cn.redvest.app.looks.all
import cn.redvest.app.looks.scrolls
import cn.redvest.app.review.PhotoPair
import cn.redvest.app.review.ReviewActivity
import cn.redvest.app.review.Zoom
import cn.redvest.core.Evidence
import cn.redvest.core.Outcome
import cn.redvest.core.Rectify
import cn.redvest.core.Stage
import cn.redvest.core.TicketDetail
import cn.redvest.core.Work
import cn.redvest.sdk.by
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowLooper
import kotlin.math.abs

@RunWith(RobolectricTestRunner::class)
@Config(application = TestApp::class, qualifiers = "zh-rCN")
class ReviewStory : Story() {
    /** So many tickets were put right, and wait for the grid manager's verdict. */
    private fun rectified(count: Int): List<String> {
        val tickets = asSomebody("li") {
            List(count) { at -> reports(at + 1, "滨江路${at + 1}号") }
        }
        asSomebody("wang") {
            tickets.forEachIndexed { at, ticket ->
                accept(ticket, by())
                rectify(ticket, Rectify(Outcome.RECTIFIED, listOf(importPhoto(file(at + 11)).hash), HERE, null, null), by("已清扫"))
            }
        }
        return tickets
    }

    /** What is left to be judged, in its order. */
    private fun left(): List<String> = robot.core { core -> core.ask { workList(Work.REVIEW, null).rows.map { it.ticket } } }

    private fun ticket(id: String): TicketDetail = robot.core { core -> core.ask { ticket(id) } }

    /** Time for a look, without which a verdict counts as the second tap of two. */
    private fun looked(): Robot = robot.also { app.ahead += 1_000 }

    private fun pair(): PhotoPair = robot.await("both photos") { all(robot.screen.window.decorView).filterIsInstance<PhotoPair>().firstOrNull() }

    @Test
    fun one_ticket_is_passed_and_the_next_sent_back_with_reasons() {
        rectified(2)
        enrolled("sun").tap("核查").see("滨江路1号")
        val (first, second) = left()
        robot.tap("开始核查").follow().see("第1件，共2件")
        robot.see("王强")
        robot.see("已清扫")
        assertTrue(robot.screen is ReviewActivity)
        // Both taps reach the screen before it can show the next ticket.
        val pass = robot.see("通过")
        pass.performClick()
        pass.performClick()
        robot.see("已通过：暴露垃圾 ${ticket(first).row.number}")
        robot.see("第2件，共2件")
        assertEquals(listOf(second), left())
        looked().tap("返工").see("原因（至少选一项）")
        looked().tap("返工")
        robot.see("请先选择原因。").also { assertEquals(listOf(second), left()) }
        robot.misses("请从列表中选择").rotate().see("请先选择原因。")
        val reason = robot.core { core -> core.ask { reasons().sentBack.first() } }
        robot.tap(reason.zh).misses("请先选择原因。").write("情况说明", "仍有垃圾")
        looked().tap("返工").see("今天的核查已完成")
        robot.see("已返工")
        robot.core { it.sync(atOnce = true) }
        assertEquals(Stage.CLOSED, ticket(first).row.stage)
        val back = ticket(second)
        assertEquals(2, back.row.round.toInt())
        assertTrue(back.history.any { it.words == "仍有垃圾" && it.aboutZh == reason.zh })
        robot.tap("返回")
        assertTrue(robot.screen.isFinishing)
    }

    @Test
    fun a_refused_verdict_is_told_and_the_next_ticket_is_shown() {
        rectified(2)
        enrolled("sun").tap("核查").see("滨江路1号")
        val (first, second) = left()
        robot.tap("开始核查").follow().see("第1件，共2件")
        val pass = robot.see("通过")
        // Whoever gathered evidence does not judge it. The screen knows nothing of it yet when it is touched.
        val photo = file(30)
        runBlocking(Dispatchers.Default) {
            app.redVest().ask { addEvidence(first, Evidence(listOf(importPhoto(photo).hash)), by()) }
        }
        pass.performClick()
        robot.see("处置人或取证人不能核查自己的工作，请由他人核查。")
        robot.see("未核查：暴露垃圾")
        robot.see("第2件，共2件")
        robot.see("滨江路")
        assertEquals(listOf(second), left())
        assertEquals(Stage.RECTIFIED, ticket(first).row.stage)
        looked().tap("通过").see("今天的核查已完成")
    }

    @Test
    fun what_is_looked_at_stays_over_a_rotation_and_the_end_of_the_process() {
        rectified(3)
        enrolled("sun").tap("核查").tap("滨江路2号").follow().see("第1件，共3件")
        robot.see("滨江路2号")
        robot.tap("稍后再看").see("第2件，共3件")
        val shown = robot.said()
        looked().tap("返工").write("情况说明", "看不清")
        pair().zoom = pair().zoom.by(3f, 0.25f, 0f)
        val zoom = pair().zoom
        for (turned in listOf(robot::rotate, robot::kill)) {
            turned().see("第2件，共3件")
            assertEquals("看不清", robot.written("情况说明"))
            assertEquals(zoom, pair().zoom)
        }
        robot.tap("取消")
        val place = Regex("滨江路\\d号").find(shown)?.value.orEmpty()
        robot.see(place)
        robot.tap("稍后再看").see("第3件，共3件")
        robot.tap("稍后再看").see("今天的核查已完成")
        robot.tap("查看稍后再看的3件").see("第1件，共3件")
    }

    @Test
    fun both_photos_are_here_and_move_together() {
        rectified(1)
        enrolled("sun").tap("核查").tap("滨江路1号").follow()
        robot.await("both pictures") { pictures().takeIf { it.size == 2 } }
        val pair = pair()
        pair.zoom = pair.zoom.by(4f, 0f, 0f)
        val before = pair.zoom
        drag(pair, -40f)
        assertTrue("${pair.zoom}", pair.zoom.x < before.x && pair.zoom.scale == 4f)
        val (left, right) = pictures()
        assertAlike(left, right)
        tapTwice(pair)
        assertEquals(1f, pair.zoom.scale)
        assertAlike(left, right)
    }

    @Test
    @Config(qualifiers = "zh-rCN-w600dp-h1000dp")
    fun two_fingers_enlarge_both_photos_around_the_spot_between_them() {
        rectified(1)
        enrolled("sun").tap("核查").tap("滨江路1号").follow()
        robot.await("both pictures") { pictures().takeIf { it.size == 2 } }
        val pair = pair()
        val (left, right) = pictures()
        val panel = left.parent as View
        // A quarter of the width left of the middle of the left photo, one finger above the other.
        val (x, y) = panel.width * 0.25f to panel.height * 0.5f
        pinch(panel, x, y, panel.height * 0.25f, panel.height * 0.48f)
        val zoom = pair.zoom
        assertTrue("$zoom", zoom.scale > 1.5f)
        // The spot between the fingers stays where it is.
        assertEquals(0.25f * (zoom.scale - 1), zoom.x, 0.02f)
        assertEquals(0f, zoom.y, 0.02f)
        assertAlike(left, right)
        assertEquals("the screen does not scroll meanwhile", 0, scrolls(robot.screen.window.decorView).maxOf { it.scrollY })
        // Back together, also over the right photo; then both are whole again.
        pinch(right.parent as View, x, y, panel.height * 0.48f, panel.height * 0.1f)
        assertTrue("${pair.zoom}", pair.zoom.scale < zoom.scale)
        pinch(right.parent as View, x, y, panel.height * 0.48f, panel.height * 0.1f)
        assertEquals(Zoom(), pair.zoom)
        assertAlike(left, right)
    }

    /** Two fingers above each other move apart, or together, around a spot of a view; the window gets them as from the glass. */
    private fun pinch(view: View, x: Float, y: Float, from: Float, to: Float) {
        val at = IntArray(2).also(view::getLocationInWindow)
        val start = SystemClock.uptimeMillis()
        fun fingers(action: Int, apart: Float, after: Long) {
            val places = listOf(y - apart, y + apart).map { MotionEvent.PointerCoords().apply { this.x = at[0] + x; this.y = at[1] + it; pressure = 1f } }
            val names = listOf(0, 1).map { MotionEvent.PointerProperties().apply { id = it; toolType = MotionEvent.TOOL_TYPE_FINGER } }
            val count = if (action == MotionEvent.ACTION_DOWN || action == MotionEvent.ACTION_UP) 1 else 2
            val event = MotionEvent.obtain(
                start, start + after, action, count, names.toTypedArray(), places.toTypedArray(), 0, 0, 1f, 1f, 0, 0, InputDevice.SOURCE_TOUCHSCREEN, 0,
            )
            robot.screen.window.decorView.dispatchTouchEvent(event)
            event.recycle()
        }
        val second = 1 shl MotionEvent.ACTION_POINTER_INDEX_SHIFT
        fingers(MotionEvent.ACTION_DOWN, from, 0)
        fingers(MotionEvent.ACTION_POINTER_DOWN or second, from, 10)
        for (step in 1..10) fingers(MotionEvent.ACTION_MOVE, from + (to - from) * step / 10, 10L + step * 16)
        fingers(MotionEvent.ACTION_POINTER_UP or second, to, 190)
        fingers(MotionEvent.ACTION_UP, to, 200)
        ShadowLooper.idleMainLooper()
    }

    /** Both pictures lie alike in their panels, whatever copy of a photo is here: a review copy, or a thumbnail meanwhile. */
    private fun assertAlike(left: ImageView, right: ImageView) {
        val (one, other) = listOf(left, right).map { view ->
            val bitmap = (view.drawable as BitmapDrawable).bitmap
            RectF(0f, 0f, bitmap.width.toFloat(), bitmap.height.toFloat()).also(view.imageMatrix::mapRect)
        }
        val corners = listOf(one.left to other.left, one.top to other.top, one.right to other.right, one.bottom to other.bottom)
        assertTrue("$one $other", corners.all { (mine, its) -> abs(mine - its) < 1f })
    }

    private fun pictures() = all(pair()).filterIsInstance<ImageView>().filter { it.drawable != null }

    private fun send(view: View, action: Int, at: Long, x: Float) {
        val event = MotionEvent.obtain(at, at, action, x, 60f, 0)
        view.dispatchTouchEvent(event)
        event.recycle()
        ShadowLooper.idleMainLooper()
    }

    private fun drag(view: View, by: Float) {
        send(view, MotionEvent.ACTION_DOWN, 100, 100f)
        for (step in 1..4) send(view, MotionEvent.ACTION_MOVE, 100L + step * 20, 100f + by * step)
        send(view, MotionEvent.ACTION_UP, 300, 100f + by * 4)
    }

    private fun tapTwice(view: View) {
        for (at in listOf(1_000L, 1_150L)) {
            send(view, MotionEvent.ACTION_DOWN, at, 60f)
            send(view, MotionEvent.ACTION_UP, at + 30, 60f)
        }
    }
}
