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
import cn.redvest.core.PhotoVerdict
import cn.redvest.core.Reason
import cn.redvest.core.Rectify
import cn.redvest.core.Relocate
import cn.redvest.core.SendBack
import cn.redvest.core.TicketDetail
import cn.redvest.core.VoidReason
import cn.redvest.sdk.by

/** Milliseconds of a day. */
internal const val DAY = 86_400_000L

/** Metres around a ticket in which it is looked for another one about the same. */
private const val NEAR = 200u

/** Acts that ask for time or answer a request for it. */
private val ABOUT_TIME = setOf(Act.ASK, Act.GRANT, Act.DENY)

/** The empty form of an act: what the core has to choose from at [now]. */
fun Device.formOf(act: Act, ticket: TicketDetail, now: Long): ActForm {
    val row = ticket.row
    val time = if (act in ABOUT_TIME) timeWish(ticket, act != Act.ASK, now) else null
    val holders = when (act) {
        Act.DISPATCH -> holders(row.ticket)
        Act.URGE, Act.CARD -> holders(row.ticket).filter { it.leads || it.cooperates }
        else -> emptyList()
    }
    return ActForm(
        act, reasons = reasonsOf(act, time), holders = holders,
        cooperating = if (act == Act.DISPATCH) holders.filter { it.cooperates }.map { it.key } else emptyList(),
        outcome = if (act == Act.RECTIFY) ticket.usualOutcome ?: Outcome.RECTIFIED else null,
        needed = when (act) {
            Act.RECTIFY -> ticket.photosAfter.toInt()
            Act.ADD_EVIDENCE -> 1
            Act.CONTRIBUTE -> 0
            else -> null
        },
        time = time,
        voiding = if (act == Act.VOID) {
            Voiding(near = row.pin?.let { nearby(it, NEAR) }.orEmpty().filter { it.ticket != row.ticket })
        } else null,
        judgement = if (act == Act.REVIEW_PHOTO) PhotoJudgement(ticket.photos.sortedByDescending { it.round }) else null,
        category = if (act == Act.RECATEGORISE) CategoryChange(Named(row.category, row.categoryZh, row.categoryEn)) else null,
        place = if (act == Act.RELOCATE) PlaceChange(row.pin, row.grid, row.place.orEmpty()) else null,
    )
}

private fun Device.timeWish(ticket: TicketDetail, answers: Boolean, now: Long): TimeWish {
    val reasons = reasons()
    val empty = TimeWish(ticket.rectifyLimit, whySuspended = reasons.suspended, whyExtended = reasons.extended)
    val wish = empty.copy(amount = empty.amounts.firstOrNull() ?: 0)
    val asked = if (answers) ticket.history.find { it.event == ticket.ask } else null
    return if (asked == null) wish else wish.asAsked(asked, ticket.wish, now)
}

private fun Device.reasonsOf(act: Act, time: TimeWish?): List<Reason> {
    val reasons = reasons()
    return when (act) {
        Act.RETURN -> reasons.returned
        Act.SEND_BACK -> reasons.sentBack
        Act.REOPEN -> reasons.reopened
        Act.DISPATCH -> reasons.dispatched
        Act.ASK -> if (time?.extends == true) reasons.extended else reasons.suspended
        else -> emptyList()
    }
}

/** What is known of the place that a form names. */
fun Device.known(change: PlaceChange, fix: Fix?): PlaceChange =
    change.copy(known = place(change.pin ?: change.before.takeIf { change.grid == null }, fix, null, NEAR))

/** Does what a form says. The core refuses what is not allowed or is missing, with a sentence. */
fun Device.doIt(ticket: TicketDetail, form: ActForm, said: String, fix: Fix?, now: Long, draft: String? = null): Done {
    val id = ticket.row.ticket
    val words = by(said.trim().ifEmpty { null })
    val photos = form.photos.map { it.hash }
    val reason = form.chosen.firstOrNull()
    val judge = Judge(ticket.rectification, emptyList(), fix)
    return when (form.act) {
        Act.ACCEPT -> accept(id, words)
        Act.RETURN -> returnTicket(id, reason.orEmpty(), words)
        Act.RECTIFY -> rectify(id, Rectify(form.outcome ?: Outcome.RECTIFIED, photos, fix, reason, draft), words)
        Act.CONTRIBUTE -> contribute(id, Contribute(true, photos), words)
        Act.DISPATCH -> dispatch(id, Dispatch(holder(form.lead.orEmpty()), (form.cooperating - form.lead.orEmpty()).map(::holder), reason), words)
        Act.ADD_EVIDENCE -> addEvidence(id, Evidence(photos), words)
        Act.COMMENT -> comment(id, words)
        Act.PASS -> pass(id, judge, words)
        Act.SEND_BACK -> sendBack(id, SendBack(judge, form.chosen), words)
        Act.REVIEW_PHOTO -> reviewPhoto(id, form.judgement?.photo.orEmpty(), form.judgement?.verdict ?: PhotoVerdict.FINE, words)
        Act.VOID -> void(id, reasonOf(form.voiding ?: Voiding()), words)
        Act.REOPEN -> reopen(id, reason.orEmpty(), words)
        Act.ASK -> askTime(id, grantOf(form, now), reason.orEmpty(), words)
        Act.GRANT -> grant(id, grantOf(form, now), words)
        Act.DENY -> deny(id, words)
        Act.RESUME_CLOCKS -> resumeClocks(id, words)
        Act.REMIND -> remind(id, words)
        Act.URGE -> urge(id, form.lead?.let(::holder), words)
        Act.CARD -> card(id, form.lead?.let(::holder), words)
        Act.RECATEGORISE -> recategorise(id, form.category?.chosen?.code.orEmpty(), words)
        Act.RELOCATE -> relocate(id, form.place?.let(::relocation) ?: Relocate(null, null, null), words)
    }
}

private fun grantOf(form: ActForm, now: Long): Grant {
    val wish = form.time ?: TimeWish(null)
    return if (wish.extends) Grant.Extension(wish.amount.toUInt()) else Grant.Suspension(wish.until ?: (now + wish.days * DAY))
}

private fun reasonOf(voiding: Voiding): VoidReason = when (voiding.kind) {
    VoidKind.NO_VIOLATION -> VoidReason.NoViolation
    VoidKind.MISTAKE -> VoidReason.Mistake
    VoidKind.DUPLICATE -> VoidReason.Duplicate(voiding.of.orEmpty())
}

/** New words alone move nothing. */
private fun relocation(change: PlaceChange): Relocate {
    val moves = change.pin != null || change.grid != null
    val words = change.words.trim()
    return Relocate(
        if (moves) change.pin else change.before, if (moves) change.grid?.code else change.gridBefore,
        words.takeIf { it.isNotEmpty() && it != change.wordsBefore.trim() },
    )
}

/** A holder from its key, such as `agency:cg`. */
private fun holder(key: String): Holder {
    val code = key.substringAfter(':')
    return if (key.startsWith("grid:")) Holder.Grid(code) else Holder.Agency(code)
}
