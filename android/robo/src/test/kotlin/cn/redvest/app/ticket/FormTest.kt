package cn.redvest.app.ticket

import cn.redvest.app.looks.HERE
import cn.redvest.app.looks.Look
import cn.redvest.app.looks.place
import cn.redvest.app.ui.Ui
import cn.redvest.core.Act
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** What a form takes for complete, and for a place. */
@RunWith(RobolectricTestRunner::class)
class FormTest {
    private val ui = Ui(Look("en", false, 360, 1f).context(160))
    private val grid = Named("WG02", "和平二网格")
    private val before = PlaceChange(HERE, "WG01", "by the gate", known = place())

    @Test
    fun acts_that_need_a_reason_say_so_and_others_ask_for_nothing() {
        val asking = Act.entries.filter { ui.lack(ActForm(it)) != null }.toSet()
        val reasons = setOf(Act.RETURN, Act.SEND_BACK, Act.REOPEN, Act.ASK)
        assertEquals(reasons + setOf(Act.DISPATCH, Act.REVIEW_PHOTO, Act.RECATEGORISE, Act.RELOCATE), asking)
        for (act in reasons) assertNull(ui.lack(ActForm(act, chosen = listOf("any"))))
        assertNotNull(ui.lack(ActForm(Act.VOID, voiding = Voiding(VoidKind.DUPLICATE))))
        assertNull(ui.lack(ActForm(Act.VOID, voiding = Voiding(VoidKind.DUPLICATE, of = "t"))))
    }

    @Test
    fun a_place_is_new_when_pin_grid_or_words_are() {
        assertNotNull(ui.lack(ActForm(Act.RELOCATE, place = before.copy(pin = HERE, words = "by the gate "))))
        for (new in listOf(before.copy(pin = HERE.copy(latE7 = 1)), before.copy(grid = grid), before.copy(words = "behind it"))) {
            assertNull(ui.lack(ActForm(Act.RELOCATE, place = new)))
        }
    }

    @Test
    fun a_picked_grid_takes_the_place_of_a_pin_in_another_and_stands_beside_one_in_none() {
        assertNull(before.picked(grid).pin)
        assertNull("picked again", before.picked(grid).copy(known = place().copy(grid = null)).picked(grid).pin)
        val nowhere = before.copy(known = place().copy(grid = null))
        assertEquals(HERE, nowhere.picked(grid).pin)
        assertEquals(HERE, nowhere.picked(grid).picked(grid).pin)
        val moved = HERE.copy(latE7 = 1)
        assertEquals(moved, nowhere.copy(pin = moved).picked(grid).pin)
    }
}
