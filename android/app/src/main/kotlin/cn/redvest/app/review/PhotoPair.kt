package cn.redvest.app.review

import android.annotation.SuppressLint
import android.graphics.Bitmap
import android.view.GestureDetector
import android.view.Gravity
import android.view.MotionEvent
import android.view.ScaleGestureDetector
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.widget.FrameLayout
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.TextView
import cn.redvest.app.R
import cn.redvest.app.ui.Type
import cn.redvest.app.ui.Ui
import cn.redvest.app.ui.column
import cn.redvest.app.ui.text

/** Share of the window's height that the photos take at most, so that what stands under them is seen to be there. */
private const val SHARE = 0.5

/** One of the two photos: its picture, or words that say why there is none. */
data class Seen(
    /** What it is called. */
    val name: String,
    /** When it was taken, in words. */
    val taken: String?,
    /** Its picture. */
    val picture: Bitmap?,
    /** What stands in place of the picture. */
    val missing: String,
)

/**
 * Two photos side by side that are looked at together: two fingers enlarge both, one finger then moves both, a double tap
 * shows both whole again. While both are whole, one finger scrolls the screen as anywhere else.
 */
@SuppressLint("ViewConstructor")
class PhotoPair(private val ui: Ui) : LinearLayout(ui.context) {
    private val left = Side(ui)
    private val right = Side(ui)

    /** How both are looked at. */
    var zoom: Zoom = Zoom()
        set(value) {
            field = value
            left.panel.look(value)
            right.panel.look(value)
        }

    private val drag = GestureDetector(ui.context, object : GestureDetector.SimpleOnGestureListener() {
        override fun onDown(e: MotionEvent): Boolean = true

        override fun onScroll(e1: MotionEvent?, e2: MotionEvent, distanceX: Float, distanceY: Float): Boolean {
            if (zoom.scale > 1f) zoom = zoom.moved(-distanceX / left.panel.width, -distanceY / left.panel.height)
            return true
        }

        override fun onDoubleTap(e: MotionEvent): Boolean {
            zoom = Zoom()
            return true
        }
    })
    private val pinch = ScaleGestureDetector(ui.context, object : ScaleGestureDetector.SimpleOnScaleGestureListener() {
        override fun onScale(detector: ScaleGestureDetector): Boolean {
            val side = if (detector.focusX < width / 2f) left else right
            val x = (detector.focusX - side.view.left) / side.panel.width - 0.5f
            zoom = zoom.by(detector.scaleFactor, x, detector.focusY / side.panel.height - 0.5f)
            return true
        }
    })

    init {
        orientation = HORIZONTAL
        isBaselineAligned = false
        // A double tap belongs to the photos, and must not make the second tap a zoom of its own.
        pinch.isQuickScaleEnabled = false
        addView(left.view, LayoutParams(0, LayoutParams.WRAP_CONTENT, 1f))
        addView(right.view, LayoutParams(0, LayoutParams.WRAP_CONTENT, 1f).apply { marginStart = ui.dp(8) })
    }

    /** Shows two photos as they were looked at before. */
    fun show(before: Seen, after: Seen) {
        left.show(before)
        right.show(after)
        zoom = zoom
    }

    override fun onInterceptTouchEvent(event: MotionEvent): Boolean = true

    @SuppressLint("ClickableViewAccessibility") // TalkBack has a magnifier of its own, and words for both photos.
    override fun onTouchEvent(event: MotionEvent): Boolean {
        if (event.pointerCount > 1 || zoom.scale > 1f) parent?.requestDisallowInterceptTouchEvent(true)
        pinch.onTouchEvent(event)
        // It sees every finger, so that nothing jumps when one of two is lifted.
        drag.onTouchEvent(event)
        return true
    }
}

/** One photo with its name under it. */
private class Side(private val ui: Ui) {
    val panel = Panel(ui)
    private val name = ui.text("", Type.Head)
    private val taken = ui.text("", Type.Small)
    val view: View = ui.column(3) {
        put(panel)
        put(name)
        put(taken)
    }

    fun show(seen: Seen) {
        panel.show(seen)
        name.text = seen.name
        taken.text = seen.taken.orEmpty()
        taken.visibility = if (seen.taken == null) View.GONE else View.VISIBLE
    }
}

/** The ground of one photo: three wide and four high, but no higher than the window allows. */
@SuppressLint("ViewConstructor")
private class Panel(private val ui: Ui) : FrameLayout(ui.context) {
    private val image = ImageView(ui.context).apply { scaleType = ImageView.ScaleType.MATRIX }
    private val words: TextView = ui.text("", Type.Soft).apply { gravity = Gravity.CENTER }
    private var picture: Bitmap? = null
    private var zoom = Zoom()

    init {
        background = ui.ground(R.color.sunken, 12)
        clipToOutline = true
        words.setPadding(ui.dp(8), ui.dp(8), ui.dp(8), ui.dp(8))
        addView(image, LayoutParams(MATCH_PARENT, MATCH_PARENT))
        addView(words, LayoutParams(MATCH_PARENT, MATCH_PARENT))
    }

    fun show(seen: Seen) {
        picture = seen.picture
        image.setImageBitmap(seen.picture)
        image.visibility = if (seen.picture == null) GONE else VISIBLE
        image.contentDescription = seen.name
        words.text = seen.missing
        words.visibility = if (seen.picture == null) VISIBLE else GONE
    }

    fun look(zoom: Zoom) {
        this.zoom = zoom
        place()
    }

    private fun place() {
        val shown = picture ?: return
        if (width > 0 && height > 0) image.imageMatrix = zoom.matrix(shown.width to shown.height, width to height)
    }

    override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
        val wide = MeasureSpec.getSize(widthMeasureSpec)
        val most = ui.dp(resources.configuration.screenHeightDp * SHARE)
        super.onMeasure(widthMeasureSpec, MeasureSpec.makeMeasureSpec(minOf(wide * 4 / 3, most), MeasureSpec.EXACTLY))
    }

    override fun onLayout(changed: Boolean, left: Int, top: Int, right: Int, bottom: Int) {
        super.onLayout(changed, left, top, right, bottom)
        place()
    }
}
