package cn.redvest.app.ui

import cn.redvest.app.R
import java.text.NumberFormat
import java.time.Instant
import java.time.LocalDate
import java.time.ZoneId
import java.time.ZonedDateTime
import java.time.format.DateTimeFormatter
import java.util.Locale
import kotlin.math.abs

private const val MINUTE = 60_000L
private const val HOUR = 60 * MINUTE
private const val DAY = 24 * HOUR

/** Instants, spans and amounts in words. All take the instant that they are said at, so that a test can name it. */
class Words(
    /** Whose language is spoken. */
    private val ui: Ui,
    /** Now, in milliseconds since 1970 in UTC. */
    private val now: Long,
    private val zone: ZoneId = ZoneId.systemDefault(),
) {
    private fun at(ms: Long): ZonedDateTime = Instant.ofEpochMilli(ms).atZone(zone)

    private fun day(ms: Long): LocalDate = at(ms).toLocalDate()

    /** An instant: the time today, with the day on other days. */
    fun time(ms: Long): String {
        val then = at(ms)
        val clock = then.format(DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT))
        val today = day(now)
        return when (then.toLocalDate()) {
            today -> clock
            today.minusDays(1) -> ui.say(R.string.yesterday_at, clock)
            today.plusDays(1) -> ui.say(R.string.tomorrow_at, clock)
            else -> then.format(DateTimeFormatter.ofPattern(ui.say(R.string.date_pattern), Locale.ENGLISH)) + " " + clock
        }
    }

    /** What is left until an instant, or by how much it has passed, rounded so that it is read at a glance. */
    fun left(due: Long): String {
        val span = span(abs(due - now))
        return if (due >= now) ui.say(R.string.left, span) else ui.say(R.string.over, span)
    }

    /** A length of time in its two largest units at most. */
    fun span(ms: Long): String = when {
        ms < MINUTE -> ui.say(R.string.under_a_minute)
        ms < HOUR -> ui.say(R.string.minutes, ms / MINUTE)
        ms < DAY -> two(ms / HOUR, R.string.hours, ms % HOUR / MINUTE, R.string.minutes)
        else -> two(ms / DAY, R.string.days, ms % DAY / HOUR, R.string.hours)
    }

    private fun two(large: Long, largeUnit: Int, small: Long, smallUnit: Int): String {
        val first = ui.say(largeUnit, large)
        if (small == 0L || large >= 10) return first
        return first + (if (ui.chinese) "" else " ") + ui.say(smallUnit, small)
    }

    /** How long ago something was. */
    fun ago(ms: Long): String = if (now - ms < MINUTE) ui.say(R.string.just_now) else ui.say(R.string.ago, span(now - ms))

    /** So many bytes. */
    fun size(bytes: Long): String = when {
        bytes < 1_000_000 -> "${(bytes + 999) / 1000} KB"
        bytes < 1_000_000_000 -> "${figure(bytes / 1e6)} MB"
        else -> "${figure(bytes / 1e9)} GB"
    }

    /** A distance in metres, in words that fit its size. */
    fun distance(metres: Int): String = ui.distance(metres)
}

/** A distance in metres, in words that fit its size. */
fun Ui.distance(metres: Int): String =
    if (metres < 1000) say(R.string.metres, metres) else say(R.string.kilometres, figure(metres / 1000.0))

private fun figure(value: Double): String = NumberFormat.getNumberInstance(Locale.ROOT).apply {
    maximumFractionDigits = if (value < 10) 1 else 0
    isGroupingUsed = false
}.format(value)
