package cn.redvest.app.place

import android.annotation.SuppressLint
import android.graphics.Canvas
import android.graphics.Paint
import android.graphics.Path
import android.view.GestureDetector
import android.view.MotionEvent
import android.view.ScaleGestureDetector
import android.view.View
import cn.redvest.app.R
import cn.redvest.app.ui.Ui
import cn.redvest.core.Border
import cn.redvest.core.Fix
import cn.redvest.core.PlaceView
import cn.redvest.core.Position
import kotlin.math.cos
import kotlin.math.roundToInt

/** Metres of a degree of latitude. */
private const val DEGREE = 111_320.0

/**
 * A map without a map: the borders of grids, the circle in which the phone is, open tickets near by, and the pin in the
 * middle. Dragging moves the ground under the pin; two fingers zoom. It needs no network and no tiles.
 */
@SuppressLint("ViewConstructor")
class PlaceMap(private val ui: Ui, private val moved: (Position) -> Unit) : View(ui.context) {
    private var pin: Position? = null
    private var fix: Fix? = null
    private var borders: List<Border> = emptyList()
    private var tickets: List<Position> = emptyList()
    private var metresAcross = 240.0
    private val paint = Paint(Paint.ANTI_ALIAS_FLAG)
    private val path = Path()

    private val drag = GestureDetector(ui.context, object : GestureDetector.SimpleOnGestureListener() {
        override fun onDown(e: MotionEvent): Boolean = true

        override fun onScroll(e1: MotionEvent?, e2: MotionEvent, distanceX: Float, distanceY: Float): Boolean {
            val here = pin ?: return false
            val metres = metresAcross / width
            move(offset(here, distanceX * metres, -distanceY * metres))
            return true
        }
    })
    private val zoom = ScaleGestureDetector(ui.context, object : ScaleGestureDetector.SimpleOnScaleGestureListener() {
        override fun onScale(detector: ScaleGestureDetector): Boolean {
            metresAcross = (metresAcross / detector.scaleFactor).coerceIn(40.0, 4000.0)
            invalidate()
            return true
        }
    })

    init {
        background = ui.ground(R.color.sunken, 16)
        clipToOutline = true
    }

    /** Shows what is known of the place. */
    fun show(pin: Position?, fix: Fix?, place: PlaceView?) {
        this.pin = pin
        this.fix = fix
        borders = place?.borders.orEmpty()
        tickets = place?.nearby.orEmpty().mapNotNull { it.pin }
        contentDescription = ui.say(R.string.map_says, place?.gridPath?.lastOrNull()?.name ?: ui.say(R.string.no_grid))
        invalidate()
    }

    /** Where the pin stands. */
    fun move(to: Position) {
        pin = to
        moved(to)
        invalidate()
    }

    @SuppressLint("ClickableViewAccessibility") // TalkBack's users have the buttons under the map.
    override fun onTouchEvent(event: MotionEvent): Boolean {
        parent?.requestDisallowInterceptTouchEvent(true)
        zoom.onTouchEvent(event)
        if (!zoom.isInProgress) drag.onTouchEvent(event)
        return true
    }

    override fun onDraw(canvas: Canvas) {
        val here = pin ?: return
        val scale = width / metresAcross
        val x = { at: Position -> (width / 2 + (at.lonE7 - here.lonE7) / 1e7 * DEGREE * narrow(here) * scale).toFloat() }
        val y = { at: Position -> (height / 2 - (at.latE7 - here.latE7) / 1e7 * DEGREE * scale).toFloat() }
        for (border in borders) {
            path.rewind()
            path.fillType = Path.FillType.EVEN_ODD
            for (ring in border.rings) {
                ring.forEachIndexed { index, at -> if (index == 0) path.moveTo(x(at), y(at)) else path.lineTo(x(at), y(at)) }
                path.close()
            }
            paint.style = Paint.Style.FILL
            paint.color = ui.color(R.color.surface)
            canvas.drawPath(path, paint)
            stroke(R.color.ink_soft, 1.5f)
            canvas.drawPath(path, paint)
        }
        fix?.let { drawFix(canvas, it, x(it.position), y(it.position), scale) }
        for (at in tickets) {
            paint.style = Paint.Style.FILL
            paint.color = ui.color(R.color.warn_ink)
            canvas.drawCircle(x(at), y(at), ui.dp(6).toFloat(), paint)
        }
        drawPin(canvas)
    }

    private fun drawFix(canvas: Canvas, fix: Fix, x: Float, y: Float, scale: Double) {
        val radius = ((fix.accuracyCm?.toDouble() ?: 0.0) / 100 * scale).toFloat()
        paint.style = Paint.Style.FILL
        paint.color = ui.color(R.color.info_ink) and 0x00FFFFFF or 0x30000000
        canvas.drawCircle(x, y, radius, paint)
        stroke(R.color.info_ink, 1.5f)
        canvas.drawCircle(x, y, radius, paint)
        paint.style = Paint.Style.FILL
        canvas.drawCircle(x, y, ui.dp(5).toFloat(), paint)
    }

    private fun drawPin(canvas: Canvas) {
        val (x, y) = width / 2f to height / 2f
        stroke(R.color.accent, 3f)
        canvas.drawLine(x, y, x, y - ui.dp(22), paint)
        paint.style = Paint.Style.FILL
        canvas.drawCircle(x, y - ui.dp(26), ui.dp(9).toFloat(), paint)
        canvas.drawCircle(x, y, ui.dp(2).toFloat(), paint)
    }

    private fun stroke(color: Int, width: Float) {
        paint.style = Paint.Style.STROKE
        paint.color = ui.color(color)
        paint.strokeWidth = ui.dp(width).toFloat()
    }
}

/** How much narrower a degree of longitude is than one of latitude. */
private fun narrow(at: Position): Double = cos(Math.toRadians(at.latE7 / 1e7))

/** The position so many metres to the east and to the north of another. */
internal fun offset(from: Position, east: Double, north: Double): Position = Position(
    (from.latE7 + north / DEGREE * 1e7).roundToInt(),
    (from.lonE7 + east / (DEGREE * narrow(from)) * 1e7).roundToInt(),
)
