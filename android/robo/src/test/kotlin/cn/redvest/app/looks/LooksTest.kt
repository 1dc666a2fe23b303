package cn.redvest.app.looks

import android.graphics.Bitmap
import android.graphics.Canvas
import android.view.ViewGroup
import cn.redvest.app.R
import cn.redvest.app.ui.Tone
import cn.redvest.app.ui.Ui
import cn.redvest.app.ui.chip
import cn.redvest.app.ui.column
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
    fun the_sign_of_a_chip_is_drawn_before_its_words() {
        val ui = Ui(Look("zh", false, 360, 1f).context(320))
        val (plain, signed) = listOf(null, R.drawable.ic_clock).map { sign ->
            val chip = ui.chip("今天", Tone.Info, sign)
            layOut(ui.column { put(chip, width = ViewGroup.LayoutParams.WRAP_CONTENT) }, 720, 200)
            val picture = Bitmap.createBitmap(chip.width, chip.height, Bitmap.Config.ARGB_8888).also { chip.draw(Canvas(it)) }
            val inked = (0 until chip.width * chip.height).count { picture.getPixel(it % chip.width, it / chip.width) == ui.color(Tone.Info.ink) }
            chip.width to inked
        }
        assertEquals("a chip has room for its sign", plain.first + ui.dp(16 + 4), signed.first)
        assertTrue("the sign leaves ink: ${plain.second} dots without it, ${signed.second} with it", signed.second > plain.second + 40)
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
