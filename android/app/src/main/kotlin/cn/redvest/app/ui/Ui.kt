package cn.redvest.app.ui

import android.content.Context
import android.content.res.ColorStateList
import android.graphics.Typeface
import android.graphics.drawable.Drawable
import android.graphics.drawable.GradientDrawable
import android.graphics.drawable.RippleDrawable
import cn.redvest.app.R

/** What a part of a screen says by its colour; words or a sign always say the same, for those who see no colours. */
enum class Tone(
    /** Colour of text and signs on [soft], on cards and on the ground. */
    val ink: Int,
    /** A quiet ground. */
    val soft: Int,
) {
    /** Nothing special. */
    Plain(R.color.ink_soft, R.color.sunken),

    /** The colour of the vest: what to touch next. */
    Accent(R.color.accent_ink, R.color.accent_soft),

    /** Done, in time. */
    Good(R.color.good_ink, R.color.good_soft),

    /** Soon, or not quite right. */
    Warn(R.color.warn_ink, R.color.warn_soft),

    /** Overdue, refused, failed. */
    Bad(R.color.bad_ink, R.color.bad_soft),

    /** Good to know. */
    Info(R.color.info_ink, R.color.info_soft),
}

/** Sizes of text, in sp so that they follow the user's own setting. */
enum class Type(
    /** Size in sp. */
    val sp: Float,
    /** Whether it is heavier than running text. */
    val strong: Boolean,
    /** Colour of it. */
    val color: Int,
) {
    /** The one figure or word that a screen is about. */
    Display(26f, true, R.color.ink),

    /** A screen's title. */
    Title(21f, true, R.color.ink),

    /** What a card is about. */
    Head(17f, true, R.color.ink),

    /** Running text. */
    Body(16f, false, R.color.ink),

    /** Text beside something more important. */
    Soft(15f, false, R.color.ink_soft),

    /** The least text there is: times, numbers. */
    Small(13f, false, R.color.ink_soft),

    /** What a group of rows is called. */
    Group(14f, true, R.color.ink_soft),
}

/**
 * The look of the app for one context: colours, sizes, language. Every view of the app is made with it, so that each
 * thing looks the same wherever it stands. Views are made on the main thread.
 */
class Ui(
    /** Where resources come from, and what views are made in. */
    val context: Context,
) {
    private val resources = context.resources

    /** Whether the app speaks Chinese to this user; else English. */
    val chinese: Boolean = resources.configuration.locales[0].language == "zh"

    /** Pixels of a length in dp. */
    fun dp(length: Number): Int = Math.round(length.toFloat() * resources.displayMetrics.density)

    /** A length in dp that grows with the letters, for a sign in a line of text. */
    fun grown(length: Number): Float = length.toFloat() * resources.configuration.fontScale

    /** A colour of the theme. */
    fun color(id: Int): Int = context.getColor(id)

    /** The words of a resource. */
    fun say(id: Int, vararg parts: Any): String =
        if (parts.isEmpty()) context.getString(id) else context.getString(id, *parts)

    /** The words of a resource for so many things; the number is its first part. */
    fun count(id: Int, number: Int): String = resources.getQuantityString(id, number, number)

    /** The one of two sentences of the core that this user reads. */
    fun pick(zh: String, en: String): String = if (chinese) zh else en

    /** The one of two names that this user reads; a missing English one is said in Chinese. */
    fun name(zh: String, en: String?): String = if (chinese) zh else en ?: zh

    /** The typeface of a weight. */
    fun face(strong: Boolean): Typeface = if (strong) Typeface.create("sans-serif", Typeface.BOLD) else Typeface.DEFAULT

    /** A plain ground with round corners, and a line around it if one is wanted. */
    fun ground(color: Int, radius: Number = 16, line: Int? = null): Drawable = GradientDrawable().apply {
        setColor(color(color))
        cornerRadius = dp(radius).toFloat()
        if (line != null) setStroke(dp(1), color(line))
    }

    /** The same ground, answering a touch. */
    fun touchable(ground: Drawable): Drawable =
        RippleDrawable(ColorStateList.valueOf(color(R.color.ink) and 0x00FFFFFF or 0x22000000), ground, ground)

    /** A sign, in a colour. */
    fun sign(id: Int, color: Int, size: Number = 24): Drawable {
        val sign = requireNotNull(context.getDrawable(id)) { "a drawable of this app" }.mutate()
        sign.setTint(color(color))
        sign.setBounds(0, 0, dp(size), dp(size))
        return sign
    }
}
