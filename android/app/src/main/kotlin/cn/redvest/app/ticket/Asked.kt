package cn.redvest.app.ticket

import cn.redvest.core.HistoryRow
import java.time.DateTimeException
import java.time.LocalDateTime
import java.time.ZoneOffset

/** The clock on which the core writes instants into a ticket's history: China's, where no calendar says another. */
private val WRITTEN = ZoneOffset.ofHours(8)

private val EXTENSION = Regex("^延期 (\\d{1,6})\\b")
private val SUSPENSION = Regex("^挂账至 (\\d{4}-\\d\\d-\\d\\d) (\\d\\d:\\d\\d)")

/**
 * The wish to begin with where somebody asked already: the same kind and the same amount. The core says them in words
 * alone; what is not understood is shown and changes nothing, and an instant that has passed is not offered.
 */
fun TimeWish.asAsked(asked: HistoryRow, now: Long): TimeWish {
    val about = asked.aboutZh.orEmpty()
    val shown = copy(asked = asked)
    EXTENSION.find(about)?.let { match -> return if (limit == null) shown else shown.copy(extends = true, amount = match.groupValues[1].toInt()) }
    val (day, time) = SUSPENSION.find(about)?.destructured ?: return shown
    val until = try {
        LocalDateTime.parse("${day}T$time").toInstant(WRITTEN).toEpochMilli()
    } catch (_: DateTimeException) {
        return shown
    }
    return if (until > now) shown.copy(until = until) else shown
}
