package cn.redvest.app.ticket

import cn.redvest.app.R
import cn.redvest.app.report.Shot
import cn.redvest.app.ui.Ui
import cn.redvest.core.Act
import cn.redvest.core.Clock
import cn.redvest.core.HistoryRow
import cn.redvest.core.HolderRow
import cn.redvest.core.Limit
import cn.redvest.core.Outcome
import cn.redvest.core.PhotoRow
import cn.redvest.core.PhotoVerdict
import cn.redvest.core.PlaceView
import cn.redvest.core.Position
import cn.redvest.core.Reason
import cn.redvest.core.TicketRow

/** What is filled in so far. What an act does not ask for is missing. */
data class ActForm(
    /** What is to be done. */
    val act: Act,
    /** Reasons to choose from. */
    val reasons: List<Reason> = emptyList(),
    /** Codes of those that were chosen; more than one only where work is sent back. */
    val chosen: List<String> = emptyList(),
    /** Whom a dispatcher may choose, or whom a supervisor may press. */
    val holders: List<HolderRow> = emptyList(),
    /** The key of the one that was chosen to lead, or to be pressed; without one the present lead is pressed. */
    val lead: String? = null,
    /** Keys of those that were chosen to cooperate. */
    val cooperating: List<String> = emptyList(),
    /** Whether all that could cooperate are shown, and not the chosen alone. */
    val allHolders: Boolean = false,
    /** What it came to. */
    val outcome: Outcome? = null,
    /** Photos so far. */
    val photos: List<Shot> = emptyList(),
    /** Photos that were taken and are not among these yet, since the disk was full; doing it takes them in. */
    val waiting: Int = 0,
    /** Photos that are needed; none says that there is no place for photos. */
    val needed: Int? = null,
    /** The time that is asked for or granted. */
    val time: TimeWish? = null,
    /** Why the ticket is voided. */
    val voiding: Voiding? = null,
    /** Which photo is judged, and how. */
    val judgement: PhotoJudgement? = null,
    /** The category in place of the one before. */
    val category: CategoryChange? = null,
    /** The place in place of the one before. */
    val place: PlaceChange? = null,
    /** Why it could not be saved. */
    val failure: String? = null,
    /** Whether the user wanted to go on although something is missing, which is said beside the button from then on. */
    val asksForMore: Boolean = false,
)

/** More time, of one of two kinds: all clocks stand (挂账), or the limit to put it right grows (延期). */
data class TimeWish(
    /** The limit in whose unit it grows; without one there is nothing to extend. */
    val limit: Limit?,
    /** The request that waits for an answer. */
    val asked: HistoryRow? = null,
    /** Whether the limit is to grow; else the clocks are to stand. */
    val extends: Boolean = false,
    /** Days for which the clocks are to stand. */
    val days: Int = 1,
    /** Until when they are to stand, in place of days: exactly what was asked for. */
    val until: Long? = null,
    /** By how much the limit is to grow, in its unit. */
    val amount: Int = 0,
    /** Reasons for clocks that stand. */
    val whySuspended: List<Reason> = emptyList(),
    /** Reasons for a limit that grows. */
    val whyExtended: List<Reason> = emptyList(),
) {
    /** Amounts to choose from, in the unit of the limit. */
    val amounts: List<Int>
        get() {
            val usual = when (limit?.clock) {
                null -> emptyList()
                Clock.URGENT_HOURS, Clock.WORKING_HOURS -> listOf(30, 60, 120, 240)
                Clock.WORKING_DAYS, Clock.NATURAL_DAYS -> listOf(1, 2, 3, 5)
            }
            return if (amount in usual || amount == 0) usual else (usual + amount).sorted()
        }
}

/** Why a ticket is to be voided. */
enum class VoidKind {
    /** Nothing was wrong. */
    NO_VIOLATION,

    /** It was reported by mistake. */
    MISTAKE,

    /** Another ticket is about the same. */
    DUPLICATE,
}

/** Why a ticket is voided, and which one is about the same. */
data class Voiding(
    /** Why. */
    val kind: VoidKind = VoidKind.NO_VIOLATION,
    /** Open tickets near by, the nearest first, without this one. */
    val near: List<TicketRow> = emptyList(),
    /** The one that is about the same. */
    val of: String? = null,
)

/** A verdict on one photo. */
data class PhotoJudgement(
    /** The ticket's photos, those of the present round first. */
    val photos: List<PhotoRow>,
    /** The original's hash of the one that is judged. */
    val photo: String? = null,
    /** The verdict. */
    val verdict: PhotoVerdict? = null,
)

/** Something of the district by its code. */
data class Named(
    /** Its code. */
    val code: String,
    /** Its name. */
    val zh: String,
    /** Its name in English, where it has one. */
    val en: String? = null,
    /** Whether it is a category of what is dangerous. */
    val urgent: Boolean = false,
)

/** Another category. */
data class CategoryChange(
    /** The one that the ticket has. */
    val before: Named,
    /** The one that it is to have. */
    val chosen: Named? = null,
)

/** Another place. */
data class PlaceChange(
    /** The ticket's pin. */
    val before: Position?,
    /** The ticket's grid. */
    val gridBefore: String?,
    /** The ticket's words for the place. */
    val wordsBefore: String,
    /** Where the pin was put. */
    val pin: Position? = null,
    /** The grid that was picked by hand. */
    val grid: Named? = null,
    /** What is known of the new place. */
    val known: PlaceView? = null,
    /** The new words for the place. */
    val words: String = wordsBefore,
) {
    /** Whether it says anything new. */
    val isChanged: Boolean get() = isPinMoved || grid != null || words.trim() != wordsBefore.trim()

    /** Whether the pin was put elsewhere. */
    val isPinMoved: Boolean get() = pin != null && pin != before

    /**
     * The place with a grid that was picked by hand: it takes the place of a pin that lies in another grid, and stands
     * beside one that lies in none.
     */
    fun picked(grid: Named): PlaceChange {
        val isGone = this.grid != null && pin == null
        return copy(grid = grid, pin = (pin ?: before).takeIf { !isGone && known?.grid == null })
    }
}

/** What is still missing before the core can be asked, a sentence; nothing where the form is complete. */
fun Ui.lack(form: ActForm): String? {
    val missing = when (form.act) {
        Act.RETURN, Act.SEND_BACK, Act.REOPEN, Act.ASK -> R.string.lack_reason.takeIf { form.chosen.isEmpty() }
        Act.DISPATCH -> R.string.lack_lead.takeIf { form.lead == null }
        Act.REVIEW_PHOTO -> when {
            form.judgement?.photo == null -> R.string.lack_photo
            form.judgement.verdict == null -> R.string.lack_verdict
            else -> null
        }
        Act.RECATEGORISE -> R.string.lack_category.takeIf { form.category?.chosen == null }
        Act.RELOCATE -> R.string.lack_place.takeIf { form.place?.isChanged != true }
        Act.VOID -> R.string.lack_duplicate.takeIf { form.voiding?.kind == VoidKind.DUPLICATE && form.voiding.of == null }
        else -> null
    }
    return missing?.let { say(it) }
}
