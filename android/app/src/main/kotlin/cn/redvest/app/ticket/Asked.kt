package cn.redvest.app.ticket

import cn.redvest.core.Grant
import cn.redvest.core.HistoryRow

/**
 * The wish to begin with where somebody [asked] already: the same kind and the same amount. An instant that has passed,
 * or more of a limit that the ticket does not have, is shown and changes nothing.
 */
fun TimeWish.asAsked(asked: HistoryRow, wish: Grant?, now: Long): TimeWish {
    val shown = copy(asked = asked)
    return when (wish) {
        is Grant.Extension -> if (limit == null || wish.v1 > MOST) shown else shown.copy(extends = true, amount = wish.v1.toInt())
        is Grant.Suspension -> if (wish.v1 > now) shown.copy(until = wish.v1) else shown
        null -> shown
    }
}

/** An event can say more than that; nobody grants it. */
private val MOST = Int.MAX_VALUE.toUInt()
