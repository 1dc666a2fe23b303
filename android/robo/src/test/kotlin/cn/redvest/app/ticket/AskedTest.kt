package cn.redvest.app.ticket

import cn.redvest.app.looks.HOURS
import cn.redvest.app.looks.MINUTES
import cn.redvest.app.looks.NOW
import cn.redvest.app.looks.detail
import cn.redvest.core.Clock
import cn.redvest.core.Limit
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

/** What is understood of a request that stands in a ticket's history. */
class AskedTest {
    private val wish = TimeWish(Limit(Clock.WORKING_DAYS, 5u), amount = 1)

    private fun asked(about: String?, of: TimeWish = wish) = of.asAsked(detail().history.first().copy(aboutZh = about), NOW)

    @Test
    fun more_time_is_taken_over_and_an_unusual_amount_can_be_chosen() {
        val taken = asked("延期 4 个工作日，工程量大")
        assertTrue(taken.extends)
        assertEquals(4, taken.amount)
        assertEquals(listOf(1, 2, 3, 4, 5), taken.amounts)
        assertEquals(listOf(30, 60, 90, 120, 240), asked("延期 90 分钟", wish.copy(limit = Limit(Clock.URGENT_HOURS, 60u))).amounts)
    }

    @Test
    fun clocks_stand_until_the_minute_that_was_asked_for() {
        val taken = asked("挂账至 2026-12-01 09:00，需立项或等待资金")
        assertFalse(taken.extends)
        assertEquals(NOW + 210 * HOURS + 55 * MINUTES, taken.until)
    }

    @Test
    fun what_is_not_understood_or_has_passed_or_cannot_be_is_shown_and_changes_nothing() {
        for (about in listOf(null, "", "延期", "挂账至 2026-13-41 09:00", "挂账至 2026-11-22 14:05", "延期 99999999999 天")) {
            assertEquals("$about", wish.copy(asked = asked(about).asked), asked(about))
        }
        val nothing = TimeWish(null)
        assertEquals(emptyList<Int>(), nothing.amounts)
        assertFalse("without a limit nothing can grow", asked("延期 3 天", nothing).extends)
    }
}
