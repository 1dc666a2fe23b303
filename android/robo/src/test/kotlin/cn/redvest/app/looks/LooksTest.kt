package cn.redvest.app.looks

import cn.redvest.app.ui.Ui
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Assume.assumeTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import java.io.File

/** Least height of what scrolls on the smallest phone, in dp: two lines of a form and what is around them. */
private const val LEAST_ROOM = 200

/** The laws of layout over every screen, on every phone that is looked at. */
@RunWith(RobolectricTestRunner::class)
class LooksTest {
    @Test
    fun no_screen_breaks_a_law_on_any_phone() {
        val broken = Look.ALL.flatMap { look ->
            val ui = Ui(look.context(320))
            SAMPLES.flatMap { sample -> faults(sample, ui, look).map { "${sample.name}, $look: $it" } }
        }
        assertEquals("${broken.size} faults:\n${broken.joinToString("\n")}", 0, broken.size)
    }

    private fun faults(sample: Sample, ui: Ui, look: Look): List<String> {
        val view = sample.build(ui)
        val laws = Laws(view, 2f)
        // Dark colours move nothing, so only their contrast is looked at.
        if (look.night) return laws.contrasts()
        layOut(view, look.width * 2, Look.HEIGHT * 2)
        val room = scrolls(view).minOfOrNull { it.height / 2 } ?: Look.HEIGHT
        layOutWhole(view, look.width * 2, Look.HEIGHT * 2)
        return laws.broken() + if (room < LEAST_ROOM) listOf("only $room dp are left to scroll in") else emptyList()
    }

    @Test
    fun every_screen_is_drawn_on_contact_sheets_when_they_are_asked_for() {
        val folder = System.getProperty("redvest.sheets").orEmpty()
        assumeTrue("asked for by android/sheets", folder.startsWith("/"))
        val only = System.getProperty("redvest.sheets.only").orEmpty()
        val uis = Look.ALL.associateWith { Ui(it.context(160)) }
        val sheets = SAMPLES.filter { only.isEmpty() || it.name.startsWith(only) }.flatMap { drawSheets(it, File(folder), uis) }
        assertTrue(sheets.isNotEmpty() && sheets.all { it.length() > 0 })
    }
}
