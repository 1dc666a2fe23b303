package cn.redvest.app.home

import cn.redvest.app.R
import cn.redvest.app.ui.Ui
import cn.redvest.app.ui.Words
import cn.redvest.core.Device
import cn.redvest.core.Draft
import cn.redvest.core.RedVestException

/** Something that was begun, and what it is about. */
data class Begun(
    /** What is kept of it. */
    val draft: Draft,
    /** Name of the category, as far as it is known. */
    val zh: String?,
    /** The same in English. */
    val en: String?,
    /** Words for the place, as far as there are any. */
    val place: String?,
)

/** What was begun, what was changed last first. */
fun Device.begun(): List<Begun> {
    val drafts = drafts()
    val categories = catalogue(null).groups.flatMap { it.categories }.associateBy { it.code }
    return drafts.map { draft ->
        val row = draft.ticket?.let { id ->
            try {
                ticket(id).row
            } catch (_: RedVestException.Missing) {
                // The draft is all that is left of it.
                null
            }
        }
        val category = categories[draft.category]
        Begun(draft, row?.categoryZh ?: category?.zh, row?.categoryEn ?: category?.en, row?.place ?: draft.place)
    }
}

/** What something is called that was begun: its kind, what it is about, and when it was changed last. */
fun Ui.nameOf(begun: Begun, words: Words): String {
    val kind = say(if (begun.draft.ticket == null) R.string.draft_report else R.string.work_rectify)
    return listOfNotNull(kind, begun.zh?.let { name(it, begun.en) }, begun.place, words.time(begun.draft.changed)).joinToString(" · ")
}
