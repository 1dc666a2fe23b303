package cn.redvest.sdk

import java.time.DayOfWeek
import java.time.Instant
import java.time.LocalDate
import java.time.OffsetDateTime
import java.time.ZoneOffset
import org.json.JSONObject
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** A stretch of time in milliseconds since 1970: its first one, and the first one after it. */
private data class Stretch(val from: Long, val to: Long)

private const val MINUTE = 60_000L
private const val DAY = 24 * 60 * MINUTE

/** A workday calendar, day by day. */
private class Calendar(json: JSONObject) {
    private val offset = ZoneOffset.ofTotalSeconds(json.getInt("offset_minutes") * 60)
    private val holidays = json.getJSONArray("holidays").map { LocalDate.parse(it as String) }.toSet()
    private val workdays = json.getJSONArray("workdays").map { LocalDate.parse(it as String) }.toSet()
    private val periods = json.getJSONArray("periods").objects().map { it.getString("from") to it.getJSONArray("working") }

    /** Midnight at the beginning of a day. */
    fun midnight(day: LocalDate): Long = day.atStartOfDay().toInstant(offset).toEpochMilli()

    /** The day that an instant lies in. */
    fun day(at: Long): LocalDate = Instant.ofEpochMilli(at).atOffset(offset).toLocalDate()

    private fun begins(from: String, year: Int) = LocalDate.parse(if (from.length == 5) "$year-$from" else from)

    /** The working hours that an ordinary workday has on that date, in milliseconds since midnight. */
    fun hours(day: LocalDate): List<Stretch> {
        val begun = periods.flatMap { (from, working) -> listOf(day.year - 1, day.year).map { begins(from, it) to working } }
        val (_, working) = begun.filter { it.first <= day }.maxBy { it.first }
        fun ms(time: String) = time.split(":").let { (hour, minute) -> (hour.toLong() * 60 + minute.toLong()) * MINUTE }
        return working.map { pair -> (pair as org.json.JSONArray).let { Stretch(ms(it.getString(0)), ms(it.getString(1))) } }
    }

    private fun isWorkday(day: LocalDate): Boolean =
        day in workdays || (day !in holidays && day.dayOfWeek !in setOf(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY))

    /** The days from this one on, as far as calendars go. */
    fun days(from: LocalDate): Sequence<LocalDate> = generateSequence(from) { it.plusDays(1) }.takeWhile { it.year < 2100 }

    /** When people work, from this day on. */
    fun work(from: LocalDate): Sequence<Stretch> = days(from).filter(::isWorkday).flatMap { day ->
        hours(day).map { Stretch(midnight(day) + it.from, midnight(day) + it.to) }
    }
}

/** One case of the file, worked out by walking through the time that counts: slow, and without a thought of the core's. */
private class Walk(case: JSONObject, private val calendar: Calendar) {
    private val clock = case.getString("clock")
    private val start = instant(case.getString("start"))
    private val today = calendar.day(start)
    private val pauses = case.getJSONArray("pauses").objects().map { pause ->
        Stretch(instant(pause.getString("from")), if (pause.isNull("to")) Long.MAX_VALUE else instant(pause.getString("to")))
    }
    private val isOpen = pauses.any { it.to == Long.MAX_VALUE }
    private val amount: Long = case.getLong("amount").let { amount ->
        when (clock) {
            "working_days" -> amount * calendar.hours(today).sumOf { it.to - it.from }
            "natural_days" -> (amount + 1) * DAY
            else -> amount * MINUTE
        }
    }

    /** What counts: for natural days each day whose closing midnight lies in no pause, else the clock's own time without pauses. */
    private fun counted(): Sequence<Stretch> {
        val days = calendar.days(today).map { Stretch(calendar.midnight(it), calendar.midnight(it.plusDays(1))) }
        if (clock == "natural_days") return days.filter { day -> pauses.none { day.to >= it.from && day.to < it.to } }
        val own = if (clock == "urgent_hours") days else calendar.work(today)
        return own.flatMap { whole ->
            val first = listOf(Stretch(maxOf(whole.from, start), whole.to))
            pauses.filter { it.from < it.to }.fold(first) { parts, pause ->
                parts.flatMap { listOf(Stretch(it.from, minOf(it.to, pause.from)), Stretch(maxOf(it.from, pause.to), it.to)) }
            }.filter { it.from < it.to }
        }
    }

    /** When the amount is spent, in the words of the file. */
    fun due(): Any {
        var left = amount
        if (left == 0L) return start
        for (part in counted()) {
            if (part.to - part.from >= left) return part.from + left
            left -= part.to - part.from
        }
        return if (isOpen) "paused with $left ms left" else "never"
    }

    /** What is left of it at an instant. */
    fun left(at: Long): Long = amount - counted().takeWhile { it.from < at }.sumOf { minOf(it.to, at) - it.from }
}

private fun instant(text: String): Long = OffsetDateTime.parse(text).toInstant().toEpochMilli()

/** Due dates are worked out a second time, by other means. */
class DueVectorsTest {
    @Test
    fun dueDatesAreThoseThatAWalkThroughTheCalendarFinds() {
        val file = vectors("due")
        val calendars = file.getJSONArray("calendars").objects().associate { it.getString("code") to Calendar(it) }
        val cases = file.getJSONArray("cases").objects()
        assertEquals(setOf("urgent_hours", "working_hours", "working_days", "natural_days"), cases.map { it.getString("clock") }.toSet())
        for (case in cases) {
            val walk = Walk(case, calendars.getValue(case.getString("calendar")))
            val due = case.optJSONObject("due")
            val expected: Any = when {
                due == null -> case.getString("due")
                due.has("at") -> instant(due.getString("at"))
                else -> "paused with ${due.getLong("paused_left_ms")} ms left"
            }
            assertEquals(expected, walk.due()) { case.getString("name") }
            for (pair in case.getJSONArray("remaining_ms")) {
                val (at, left) = (pair as org.json.JSONArray).let { it.getString(0) to it.getLong(1) }
                assertEquals(left, walk.left(instant(at))) { "${case.getString("name")} at $at" }
            }
        }
    }
}
