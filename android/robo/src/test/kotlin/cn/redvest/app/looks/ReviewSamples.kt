package cn.redvest.app.looks

import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Paint
import android.view.View
import cn.redvest.app.R
import cn.redvest.app.review.ReviewActs
import cn.redvest.app.review.ReviewState
import cn.redvest.app.review.ReviewView
import cn.redvest.app.review.Told
import cn.redvest.app.review.Zoom
import cn.redvest.app.ui.Frame
import cn.redvest.app.ui.Tone
import cn.redvest.app.ui.Ui
import cn.redvest.core.Act
import cn.redvest.core.PhotoRow
import cn.redvest.core.Pressing
import cn.redvest.core.Reason
import cn.redvest.core.Shows
import cn.redvest.core.TicketDetail

/** The review in the states that differ. */
val REVIEW_SAMPLES: List<Sample> = listOf(
    Sample("review") { ui -> review(ui, STATE.copy(told = Told(Tone.Good, ui.say(R.string.review_passed, other(ui))))) },
    Sample("review-zoomed") { ui ->
        val detail = judged(listOf(shot(Shows.BEFORE, "before", only = true), PHOTOS.last()))
        review(ui, STATE.copy(detail = detail, pictures = STATE.pictures + ("small-before" to picture(true, 96, 128))), Zoom().by(2.5f, 0.1f, -0.1f))
    },
    Sample("review-waiting") { ui ->
        val refused = Told(
            Tone.Bad, ui.pick("处置人或取证人不能核查自己的工作，请由他人核查。", "Nobody judges work or evidence of their own; somebody else has to review it."),
            ui.say(R.string.review_not_judged, other(ui)),
        )
        review(ui, STATE.copy(detail = judged(emptyList()), told = refused, pictures = emptyMap()))
    },
    Sample("review-back") { ui -> review(ui, STATE.copy(chosen = listOf("not_done"))) },
    Sample("review-back-lack") { ui -> review(ui, STATE.copy(chosen = emptyList(), asksForMore = true)) },
    Sample("review-done") { ui -> review(ui, STATE.copy(detail = null, putOff = 2, told = Told(Tone.Good, ui.say(R.string.review_sent_back, "20261122-0147")))) },
)

private fun other(ui: Ui): String = ui.pick("占道经营", "Stalls on the road") + " 20261122-0146"

private fun shot(shows: Shows, name: String, marks: List<String> = emptyList(), here: Boolean = true, only: Boolean = false) = PhotoRow(
    name, "e1", shows, 2u, null, NOW - (if (shows == Shows.BEFORE) 27 else 1) * HOURS, marks, null, name.takeIf { here && !only }, "small-$name".takeIf { here }, null,
)

private fun judged(photos: List<PhotoRow>): TicketDetail = detail(listOf(Act.PASS, Act.SEND_BACK)).let { detail ->
    val work = detail.history.last().copy(
        event = "work", kindZh = "处置", kindEn = "Put right", aboutZh = "已整改", aboutEn = "Put right", words = "已清扫干净，并提醒了商户", distanceM = 1_240u,
        pending = null,
    )
    detail.copy(
        row = ticketRow(round = 2, stageZh = "待核查", stageEn = "To be reviewed", pressing = Pressing.ON_TIME), rectification = "work",
        history = detail.history.dropLast(1) + work, photos = photos.ifEmpty { listOf(shot(Shows.BEFORE, "p1", here = false)) },
        marks = if (photos.isEmpty()) listOf("photos_missing") else listOf("accuracy_gate", "photo_doubtful"),
    )
}

private val PHOTOS = listOf(
    shot(Shows.BEFORE, "before"), shot(Shows.BEFORE, "before2", only = true), shot(Shows.AFTER, "after", listOf("old", "far_from_pin")),
)

/** A street with or without litter, upright or lying. */
private fun picture(litter: Boolean, width: Int, height: Int): Bitmap = Bitmap.createBitmap(width, height, Bitmap.Config.ARGB_8888).also { bitmap ->
    val canvas = Canvas(bitmap)
    val paint = Paint(Paint.ANTI_ALIAS_FLAG)
    fun box(color: Int, left: Float, top: Float, right: Float, bottom: Float) {
        paint.color = color
        canvas.drawRect(left * width, top * height, right * width, bottom * height, paint)
    }
    box(Color.rgb(168, 196, 214), 0f, 0f, 1f, 0.4f)
    box(Color.rgb(150, 120, 96), 0.05f, 0.1f, 0.45f, 0.6f)
    box(Color.rgb(128, 130, 126), 0f, 0.6f, 1f, 1f)
    box(Color.rgb(40, 92, 60), 0.55f, 0.4f, 0.75f, 0.75f)
    if (litter) repeat(7) { box(Color.rgb(220 - it * 20, 210, 190), 0.2f + it * 0.09f, 0.74f + it % 3 * 0.05f, 0.28f + it * 0.09f, 0.82f + it % 3 * 0.05f) }
}

private val STATE = ReviewState(
    judged(PHOTOS), NOW, pictures = mapOf("before" to picture(true, 480, 640), "after" to picture(false, 640, 480)),
    reasons = listOf(
        Reason("not_done", "未整改到位", "Not put right"), Reason("unclear", "照片看不清", "The photo is not clear"), Reason("other", "不是同一地点", "Another place"),
    ),
)

private fun review(ui: Ui, state: ReviewState, zoom: Zoom = Zoom()): View {
    val view = ReviewView(ui, object : ReviewActs {
        override fun pass() = Unit
        override fun choose(reasons: List<String>?) = Unit
        override fun sendBack() = Unit
        override fun skip() = Unit
        override fun look(index: Int) = Unit
        override fun open() = Unit
        override fun again() = Unit
        override fun leave() = Unit
    })
    view.pair.zoom = zoom
    return Frame(ui, if (state.detail == null) ui.say(R.string.nav_review) else ui.say(R.string.review_of, 3, 12)) {}.apply {
        body(view.body(state))
        foot(view.foot(state))
    }
}
