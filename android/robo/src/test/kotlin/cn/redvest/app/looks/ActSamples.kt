package cn.redvest.app.looks

import android.view.View
import cn.redvest.app.R
import cn.redvest.app.parts.Here
import cn.redvest.app.parts.hereChips
import cn.redvest.app.place.Lost
import cn.redvest.app.report.Shot
import cn.redvest.app.report.shootView
import cn.redvest.app.ticket.ActActs
import cn.redvest.app.ticket.ActForm
import cn.redvest.app.ticket.ActView
import cn.redvest.app.ticket.CategoryChange
import cn.redvest.app.ticket.Named
import cn.redvest.app.ticket.PhotoJudgement
import cn.redvest.app.ticket.PlaceChange
import cn.redvest.app.ticket.TimeWish
import cn.redvest.app.ticket.VoidKind
import cn.redvest.app.ticket.Voiding
import cn.redvest.app.ticket.actName
import cn.redvest.app.ui.Frame
import cn.redvest.app.ui.Ui
import cn.redvest.core.Act
import cn.redvest.core.Clock
import cn.redvest.core.HolderRow
import cn.redvest.core.Limit
import cn.redvest.core.Outcome
import cn.redvest.core.PhotoRow
import cn.redvest.core.PhotoVerdict
import cn.redvest.core.Reason
import cn.redvest.core.Shows

/** The forms of acts in the states that differ. */
val ACT_SAMPLES: List<Sample> = listOf(
    Sample("act-rectify") { ui -> act(ui, ActForm(Act.RECTIFY, outcome = Outcome.RECTIFIED, needed = 1), here = NEAR_BY) },
    Sample("act-rectify-kept") { ui ->
        val form = ActForm(Act.RECTIFY, outcome = Outcome.RECTIFIED, needed = 2, photos = listOf(Shot("a", null)), reasons = GATE)
        act(ui, form.copy(failure = ui.pick("定位精度不足。", "The position is not exact enough.")), kept = true, here = FAR_OFF)
    },
    Sample("act-rectify-waiting") { ui ->
        act(ui, ActForm(Act.RECTIFY, outcome = Outcome.RECTIFIED, needed = 1, waiting = 1, failure = ui.pick("手机存储空间已满。", "The phone is full.")), here = NEAR_BY)
    },
    Sample("act-rectify-nowhere") { ui ->
        act(ui, ActForm(Act.RECTIFY, outcome = Outcome.RECTIFIED, needed = 1), here = Here(Lost.DENIED, null, false, null, 30u))
    },
    Sample("act-shoot") { ui ->
        val sees = View(ui.context).apply { setBackgroundColor(ui.color(R.color.ink_soft)) }
        ui.shootView(sees, ui.say(R.string.shoot_after_title), null, {}, {}, ui.hereChips(FAR_OFF))
    },
    Sample("act-send-back") { ui ->
        act(ui, ActForm(Act.SEND_BACK, reasons = BACK, chosen = listOf("unclear"), failure = ui.pick("请至少选择一个原因。", "Choose at least one reason.")))
    },
    Sample("act-return-lack") { ui -> act(ui, ActForm(Act.RETURN, reasons = BACK, asksForMore = true)) },
    Sample("act-dispatch") { ui -> act(ui, ActForm(Act.DISPATCH, holders = HOLDERS, lead = "agency:cg", cooperating = listOf("agency:zj"), reasons = GATE)) },
    Sample("act-dispatch-all") { ui -> act(ui, ActForm(Act.DISPATCH, holders = HOLDERS, allHolders = true, asksForMore = true)) },
    Sample("act-urge") { ui -> act(ui, ActForm(Act.URGE, holders = HOLDERS)) },
    Sample("act-photo") { ui ->
        act(ui, ActForm(Act.REVIEW_PHOTO, judgement = PhotoJudgement(PHOTOS, "c", PhotoVerdict.UNCLEAR)))
    },
    Sample("act-photo-lack") { ui -> act(ui, ActForm(Act.REVIEW_PHOTO, judgement = PhotoJudgement(PHOTOS.take(1)), asksForMore = true)) },
    Sample("act-category") { ui ->
        act(ui, ActForm(Act.RECATEGORISE, category = CategoryChange(LITTER, Named("f", "占用消防通道", "Fire lane blocked", urgent = true))))
    },
    Sample("act-category-lack") { ui -> act(ui, ActForm(Act.RECATEGORISE, category = CategoryChange(LITTER), asksForMore = true)) },
    Sample("act-place") { ui -> act(ui, ActForm(Act.RELOCATE, place = PlaceChange(HERE, "WG01", "滨江路", pin = HERE.copy(latE7 = HERE.latE7 + 900), known = place()))) },
    Sample("act-place-grid") { ui ->
        val nowhere = place().copy(grid = null, gridPath = emptyList(), borders = emptyList())
        act(ui, ActForm(Act.RELOCATE, place = PlaceChange(null, null, "", grid = Named("WG01", "和平一网格"), known = nowhere)))
    },
    Sample("act-place-lack") { ui -> act(ui, ActForm(Act.RELOCATE, place = PlaceChange(null, null, ""), asksForMore = true)) },
    Sample("act-ask") { ui -> act(ui, ActForm(Act.ASK, time = TimeWish(null, days = 7), reasons = BACK, asksForMore = true)) },
    Sample("act-ask-days") { ui -> act(ui, ActForm(Act.ASK, time = TimeWish(Limit(Clock.WORKING_DAYS, 5u), extends = true, amount = 2), reasons = BACK)) },
    Sample("act-ask-minutes") { ui -> act(ui, ActForm(Act.ASK, time = TimeWish(Limit(Clock.WORKING_HOURS, 240u), extends = true, amount = 60), reasons = BACK)) },
    Sample("act-grant") { ui ->
        val asked = detail().history.first().copy(aboutZh = "挂账至 2026-12-01 09:00，需立项或等待资金", aboutEn = "Suspended until 2026-12-01 09:00, Waits for a project or for money")
        act(ui, ActForm(Act.GRANT, time = TimeWish(Limit(Clock.NATURAL_DAYS, 5u), asked = asked, until = NOW + 210 * HOURS + 55 * MINUTES)))
    },
    Sample("act-deny") { ui ->
        val asked = detail().history.first().copy(aboutZh = "延期 3 个工作日，工程量大", aboutEn = "More time: 3 working days, There is much work to do")
        act(ui, ActForm(Act.DENY, time = TimeWish(Limit(Clock.WORKING_DAYS, 5u), asked = asked)))
    },
    Sample("act-void") { ui -> act(ui, ActForm(Act.VOID, voiding = Voiding(near = emptyList()))) },
    Sample("act-void-duplicate") { ui ->
        val near = listOf(ticketRow(distance = 12, id = "one"), ticketRow(zh = "占道经营", en = "Stalls on the road", distance = 140, id = "two"))
        act(ui, ActForm(Act.VOID, voiding = Voiding(VoidKind.DUPLICATE, near, "one")))
    },
    Sample("act-void-alone") { ui -> act(ui, ActForm(Act.VOID, voiding = Voiding(VoidKind.DUPLICATE), asksForMore = true)) },
)

private val NEAR_BY = Here(null, 8, true, 35u, 30u)

private val FAR_OFF = Here(null, 64, true, 1_240u, 30u)

private val LITTER = Named("06010", "暴露垃圾", "Exposed litter")

private fun seen(name: String, shows: Shows, round: Int) = PhotoRow(name, "e", shows, round.toUShort(), null, NOW, emptyList(), null, null, null, null)

private val PHOTOS = listOf(seen("c", Shows.AFTER, 2), seen("a", Shows.BEFORE, 1), seen("b", Shows.AFTER, 1), seen("d", Shows.EVIDENCE, 1))

private val BACK = listOf(
    Reason("unclear", "照片看不清", "The photo is not clear"), Reason("not_done", "未整改到位", "Not put right"), Reason("other", "不是同一地点", "Another place"),
)

private val HOLDERS = listOf(
    HolderRow("agency:cg", "城市管理局", "City management", null, null, leads = true, cooperates = false),
    HolderRow("agency:zj", "住房建设局", "Housing and construction", null, null, leads = false, cooperates = true),
    HolderRow("grid:WG01", "和平一网格", null, "网格", "Grid", leads = false, cooperates = false),
)

private fun act(ui: Ui, form: ActForm, kept: Boolean = false, here: Here? = null): View {
    val view = ActView(ui, object : ActActs {
        override fun change(form: ActForm) = Unit
        override fun shoot() = Unit
        override fun drop(shot: Shot) = Unit
        override fun look(photo: PhotoRow) = Unit
        override fun category() = Unit
        override fun map() = Unit
        override fun grid() = Unit
        override fun locate() = Unit
        override fun discard() = Unit
        override fun done() = Unit
    })
    here?.let(view::show)
    return Frame(ui, ui.actName(form.act)) {}.apply {
        body(view.body(form, NOW, kept))
        foot(view.foot(form))
    }
}
