package cn.redvest.app.looks

import cn.redvest.app.R
import cn.redvest.app.ui.Ui
import cn.redvest.app.ui.Words
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import java.time.ZoneId

/** What is said, in both languages. */
@RunWith(RobolectricTestRunner::class)
class WordsTest {
    private val zh = Ui(Look("zh", false, 360, 1f).context(160))
    private val en = Ui(Look("en", false, 360, 1f).context(160))

    @Test
    fun every_sentence_is_there_in_both_languages_and_takes_the_same_parts() {
        for (field in R.string::class.java.fields) {
            val id = field.getInt(null)
            val (chinese, english) = zh.context.getString(id) to en.context.getString(id)
            assertEquals(field.name, parts(english), parts(chinese))
            val same = setOf("date_pattern", "enrol_hint", "per_second")
            assertTrue("${field.name} is not Chinese: $chinese", field.name in same || chinese.any { it > '\u2E80' })
            assertTrue("${field.name} is not English: $english", field.name in same || english.none { it > '\u2E80' })
        }
    }

    @Test
    fun every_count_is_there_in_both_languages() {
        for (field in R.plurals::class.java.fields) {
            val id = field.getInt(null)
            for (number in listOf(1, 2, 147)) {
                assertTrue(field.name, zh.count(id, number).contains("$number"))
                assertTrue(field.name, en.count(id, number).contains("$number"))
            }
            assertTrue("${field.name} is not Chinese", zh.count(id, 2).any { it > '\u2E80' })
            assertTrue("${field.name}: one and many are said alike", en.count(id, 1) != en.count(id, 2))
        }
    }

    private fun parts(words: String) = Regex("%\\d\\$[sd]").findAll(words).map { it.value }.sorted().toList()

    private fun words(ui: Ui) = Words(ui, NOW, ZoneId.of("Asia/Shanghai"))

    @Test
    fun instants_are_said_as_people_say_them() {
        assertEquals("14:05", words(zh).time(NOW))
        assertEquals("昨天 14:05", words(zh).time(NOW - 24 * HOURS))
        assertEquals("tomorrow 02:05", words(en).time(NOW + 12 * HOURS))
        assertEquals("11月12日 14:05", words(zh).time(NOW - 240 * HOURS))
        assertEquals("12 Nov 14:05", words(en).time(NOW - 240 * HOURS))
    }

    @Test
    fun time_left_is_read_at_a_glance() {
        assertEquals("还剩 2小时10分钟", words(zh).left(NOW + 2 * HOURS + 10 * MINUTES))
        assertEquals("2 h 10 min left", words(en).left(NOW + 2 * HOURS + 10 * MINUTES))
        assertEquals("超期 1天2小时", words(zh).left(NOW - 26 * HOURS))
        assertEquals("under a minute overdue", words(en).left(NOW - 1))
        assertEquals("12 d left", words(en).left(NOW + 12 * 24 * HOURS + 5 * HOURS))
    }

    @Test
    fun amounts_have_units_that_fit() {
        assertEquals("1 KB", words(zh).size(1))
        assertEquals("930 KB", words(zh).size(930_000))
        assertEquals("4.2 MB", words(zh).size(4_200_000))
        assertEquals("34 MB", words(zh).size(33_600_000))
        assertEquals("850 m", words(en).distance(850))
        assertEquals("1.2 km", words(en).distance(1_234))
    }
}
