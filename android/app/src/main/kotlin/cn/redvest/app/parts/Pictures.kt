package cn.redvest.app.parts

import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.Outline
import android.util.LruCache
import android.view.View
import android.view.ViewOutlineProvider
import android.widget.ImageView
import cn.redvest.app.R
import cn.redvest.app.ui.Ui

/** Small pictures for lists, kept so that scrolling back costs nothing. */
private val small = object : LruCache<String, Bitmap>(6 * 1024 * 1024) {
    override fun sizeOf(key: String, value: Bitmap): Int = value.byteCount
}

/** The picture of a file no larger than needed; nothing when there is no file or it is no picture. */
internal fun decode(path: String, side: Int): Bitmap? {
    val bounds = BitmapFactory.Options().apply { inJustDecodeBounds = true }
    BitmapFactory.decodeFile(path, bounds)
    val shorter = minOf(bounds.outWidth, bounds.outHeight)
    if (shorter <= 0) return null
    var sample = 1
    while (shorter / (sample * 2) >= side) sample *= 2
    return BitmapFactory.decodeFile(path, BitmapFactory.Options().apply { inSampleSize = sample })
}

/** A photo's small picture with round corners; a sign where it is not on this phone yet. */
fun Ui.thumbnail(path: String?, side: Number, says: CharSequence?): ImageView = ImageView(context).apply {
    val pixels = dp(side)
    val bitmap = path?.let { small.get(it) ?: decode(it, pixels)?.also { made -> small.put(path, made) } }
    background = ground(R.color.sunken, 12)
    if (bitmap != null) {
        setImageBitmap(bitmap)
        scaleType = ImageView.ScaleType.CENTER_CROP
    } else {
        setImageDrawable(sign(R.drawable.ic_photo, R.color.ink_soft))
        scaleType = ImageView.ScaleType.CENTER
    }
    outlineProvider = Rounded(dp(12).toFloat())
    clipToOutline = true
    minimumWidth = pixels
    minimumHeight = pixels
    if (says != null) contentDescription = says else importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO
}

private class Rounded(private val radius: Float) : ViewOutlineProvider() {
    override fun getOutline(view: View, outline: Outline) = outline.setRoundRect(0, 0, view.width, view.height, radius)
}
