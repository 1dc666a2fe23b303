package cn.redvest.app.ticket

import cn.redvest.core.Act
import cn.redvest.core.Contribute
import cn.redvest.core.Device
import cn.redvest.core.Dispatch
import cn.redvest.core.Done
import cn.redvest.core.Evidence
import cn.redvest.core.Fix
import cn.redvest.core.Grant
import cn.redvest.core.Holder
import cn.redvest.core.Judge
import cn.redvest.core.Outcome
import cn.redvest.core.Reason
import cn.redvest.core.Rectify
import cn.redvest.core.SendBack
import cn.redvest.core.TicketDetail
import cn.redvest.core.VoidReason
import cn.redvest.sdk.by

/** Milliseconds of a day. */
private const val DAY = 86_400_000L

/** Acts that this app has a form for. */
val OFFERED: Set<Act> = Act.entries.toSet() - setOf(Act.REVIEW_PHOTO, Act.RECATEGORISE, Act.RELOCATE)

/** The empty form of an act: what the core has to choose from. */
fun Device.formOf(act: Act, ticket: TicketDetail): ActForm {
    val reasons = reasons()
    val list: List<Reason> = when (act) {
        Act.RETURN -> reasons.returned
        Act.SEND_BACK -> reasons.sentBack
        Act.REOPEN -> reasons.reopened
        Act.DISPATCH -> reasons.dispatched
        Act.ASK -> reasons.suspended
        else -> emptyList()
    }
    return ActForm(
        act, reasons = list,
        holders = if (act == Act.DISPATCH) holders(ticket.row.ticket) else emptyList(),
        outcome = if (act == Act.RECTIFY) ticket.usualOutcome ?: Outcome.RECTIFIED else null,
        needed = when (act) {
            Act.RECTIFY -> ticket.photosAfter.toInt()
            Act.ADD_EVIDENCE -> 1
            Act.CONTRIBUTE -> 0
            else -> null
        },
        days = if (act == Act.ASK || act == Act.GRANT) 1 else null,
        noViolation = if (act == Act.VOID) true else null,
    )
}

/** Does what a form says. The core refuses what is not allowed or is missing, with a sentence. */
fun Device.doIt(ticket: TicketDetail, form: ActForm, said: String, fix: Fix?, now: Long): Done {
    val id = ticket.row.ticket
    val words = by(said.trim().ifEmpty { null })
    val photos = form.photos.map { it.hash }
    val reason = form.chosen.firstOrNull()
    val judge = Judge(ticket.rectification, emptyList(), fix)
    val suspension = Grant.Suspension(now + (form.days ?: 1) * DAY)
    return when (form.act) {
        Act.ACCEPT -> accept(id, words)
        Act.RETURN -> returnTicket(id, reason.orEmpty(), words)
        Act.RECTIFY -> rectify(id, Rectify(form.outcome ?: Outcome.RECTIFIED, photos, fix, reason, null), words)
        Act.CONTRIBUTE -> contribute(id, Contribute(true, photos), words)
        Act.DISPATCH -> dispatch(id, Dispatch(holder(form.lead.orEmpty()), emptyList(), reason), words)
        Act.ADD_EVIDENCE -> addEvidence(id, Evidence(photos), words)
        Act.COMMENT -> comment(id, words)
        Act.PASS -> pass(id, judge, words)
        Act.SEND_BACK -> sendBack(id, SendBack(judge, form.chosen), words)
        Act.VOID -> void(id, if (form.noViolation == false) VoidReason.Mistake else VoidReason.NoViolation, words)
        Act.REOPEN -> reopen(id, reason.orEmpty(), words)
        Act.ASK -> askTime(id, suspension, reason.orEmpty(), words)
        Act.GRANT -> grant(id, suspension, words)
        Act.DENY -> deny(id, words)
        Act.RESUME_CLOCKS -> resumeClocks(id, words)
        Act.REMIND -> remind(id, words)
        Act.URGE -> urge(id, null, words)
        Act.CARD -> card(id, null, words)
        Act.REVIEW_PHOTO, Act.RECATEGORISE, Act.RELOCATE -> error("this app offers no form for ${form.act}")
    }
}

/** A holder from its key, such as `agency:cg`. */
private fun holder(key: String): Holder {
    val code = key.substringAfter(':')
    return if (key.startsWith("grid:")) Holder.Grid(code) else Holder.Agency(code)
}
