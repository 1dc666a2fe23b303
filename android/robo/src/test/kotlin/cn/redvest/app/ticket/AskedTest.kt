package cn.redvest.app.ticket

import cn.redvest.app.looks.HOURS
import cn.redvest.app.looks.NOW
import cn.redvest.app.looks.detail
import cn.redvest.core.Clock
import cn.redvest.core.Grant
import cn.redvest.core.Limit
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

/** What the form that answers a request for time begins with. */
class AskedTest {
    private val wish = TimeWish(Limit(Clock.WORKING_DAYS, 5u), amount = 1)

    private fun asked(what: Grant?, of: TimeWish = wish) = of.asAsked(detail().history.first(), what, NOW)

    @Test
    fun more_time_is_taken_over_and_an_unusual_amount_can_be_chosen() {
        val taken = asked(Grant.Extension(4u))
        assertTrue(taken.extends)
        assertEquals(4, taken.amount)
        assertEquals(listOf(1, 2, 3, 4, 5), taken.amounts)
        assertEquals(listOf(30, 60, 90, 120, 240), asked(Grant.Extension(90u), wish.copy(limit = Limit(Clock.URGENT_HOURS, 60u))).amounts)
    }

    @Test
    fun clocks_stand_until_the_instant_that_was_asked_for() {
        val taken = asked(Grant.Suspension(NOW + 210 * HOURS + 1))
        assertFalse(taken.extends)
        assertEquals(NOW + 210 * HOURS + 1, taken.until)
    }

    @Test
    fun what_has_passed_or_cannot_be_is_shown_and_changes_nothing() {
        val shown = wish.copy(asked = detail().history.first())
        for (what in listOf(null, Grant.Suspension(NOW), Grant.Suspension(NOW - HOURS), Grant.Extension(UInt.MAX_VALUE))) {
            assertEquals("$what", shown, asked(what))
        }
        val nothing = TimeWish(null)
        assertEquals(emptyList<Int>(), nothing.amounts)
        assertFalse("without a limit nothing can grow", asked(Grant.Extension(3u), nothing).extends)
    }
}
