package cn.redvest.app.looks

import android.view.View
import cn.redvest.app.R
import cn.redvest.app.camera.CameraTrouble
import cn.redvest.app.enrol.EnrolActs
import cn.redvest.app.enrol.EnrolStep
import cn.redvest.app.enrol.EnrolView
import cn.redvest.app.enrol.scanTrouble
import cn.redvest.app.enrol.scanView
import cn.redvest.app.home.HomeActs
import cn.redvest.app.home.HomeState
import cn.redvest.app.home.homeBody
import cn.redvest.app.home.reportButton
import cn.redvest.app.sync.SyncActs
import cn.redvest.app.sync.SyncState
import cn.redvest.app.sync.UnderWay
import cn.redvest.app.sync.syncBody
import cn.redvest.app.sync.syncFoot
import cn.redvest.app.ui.Frame
import cn.redvest.app.ui.Ui
import cn.redvest.app.ui.column
import cn.redvest.app.ui.navigation
import cn.redvest.app.placesOf
import cn.redvest.core.BlobRole
import cn.redvest.core.Home
import cn.redvest.core.Phase
import cn.redvest.core.PostponedRow
import cn.redvest.core.Queue
import cn.redvest.core.SessionRow
import cn.redvest.core.Work

/** A screen in a state that is worth looking at. */
class Sample(val name: String, val build: (Ui) -> View)

/** Every screen in the states that differ. */
val SAMPLES: List<Sample> = listOf(
    Sample("enrol") { ui -> enrol(ui, EnrolStep.Ask) },
    Sample("enrol-failed") { ui -> enrol(ui, EnrolStep.Failed(ui.pick("登记码有误；请核对后重新输入。", "The code is mistyped; compare it and type it again."), "code_mistyped")) },
    Sample("scan") { ui -> ui.scanView(View(ui.context).apply { setBackgroundColor(ui.color(R.color.ink_soft)) }) {} },
    Sample("scan-denied") { ui -> ui.scanTrouble(CameraTrouble.DENIED, {}, {}) },
    Sample("home") { ui -> main(ui, homeState(home(photos = waiting(3, 3, 8), events = 2))) },
    Sample("home-new") { ui -> main(ui, homeState(home(next = null, tallies = emptyList(), lastSync = null))) },
    Sample("home-trouble") { ui ->
        val home = home(drafts = 1, unbound = 2, clockDoubtful = true, needsUpdate = true, photos = waiting(0, 0, 8))
        main(ui, homeState(home).copy(refused = listOf(REFUSED), tooLate = listOf(TOO_LATE), onDuty = true))
    },
    Sample("home-begun") { ui -> main(ui, homeState(home(drafts = 2)).copy(rectifying = 1)) },
    Sample("sync") { ui -> sync(ui, SYNCED) },
    Sample("sync-running") { ui -> sync(ui, SYNCED.copy(running = UnderWay(Phase.UPLOAD, summary(), 412_000))) },
    Sample("sync-failed") { ui -> sync(ui, SYNCED.copy(failure = UNREACHABLE)) },
    Sample("sync-offline") { ui -> sync(ui, SYNCED.copy(online = false, past = emptyList(), queue = EMPTY, lastSync = null)) },
) + MORE_SAMPLES + ACT_SAMPLES + REVIEW_SAMPLES

private fun enrol(ui: Ui, step: EnrolStep): View {
    val view = EnrolView(ui, object : EnrolActs {
        override fun scan() = Unit
        override fun paste() = Unit
        override fun enrol(code: String) = Unit
    })
    return Frame(ui, null, null).apply {
        body(view.body(step))
        foot(view.foot(step))
    }
}

private fun homeState(home: Home) = HomeState(home, emptyList(), emptyList(), onDuty = false, syncing = false, now = NOW)

private object NoHomeActs : HomeActs {
    override fun report() = Unit
    override fun drafts() = Unit
    override fun open(ticket: String) = Unit
    override fun dismiss(event: String) = Unit
    override fun duty(on: Boolean) = Unit
    override fun queue() = Unit
    override fun list(work: Work?) = Unit
}

private fun main(ui: Ui, state: HomeState): View = Frame(ui, null, null).apply {
    body(ui.homeBody(state, NoHomeActs))
    foot(ui.column {
        put(ui.reportButton(NoHomeActs))
        put(ui.navigation(placesOf(state.home), 0) {})
    })
}

private val EMPTY = Queue(0uL, waiting(0, 0, 0), emptyList(), 0uL)

private val SYNCED = SyncState(
    queue = Queue(
        2uL, waiting(1, 3, 8),
        listOf(PostponedRow(BlobRole.REVIEW, 310_000uL, 2u, "timed_out", NOW + 4 * MINUTES)), 1uL,
    ),
    past = listOf(
        SessionRow(3, NOW - 3 * MINUTES, NOW - 3 * MINUTES + 4000, summary()),
        SessionRow(2, NOW - HOURS, null, null),
        SessionRow(1, NOW - 26 * HOURS, NOW - 26 * HOURS, summary(failure = UNREACHABLE)),
    ),
    running = null, failure = null, lastSync = NOW - 3 * MINUTES, wifiOnly = true, online = true, unmetered = false,
    now = NOW,
)

private fun sync(ui: Ui, state: SyncState): View {
    val acts = object : SyncActs {
        override fun start() = Unit
        override fun stop() = Unit
        override fun wifiOnly(on: Boolean) = Unit
        override fun diagnostic() = Unit
        override fun enrol() = Unit
    }
    return Frame(ui, ui.say(R.string.sync_title), null).apply {
        body(ui.syncBody(state, acts))
        foot(ui.column {
            put(ui.syncFoot(state, acts))
            put(ui.navigation(placesOf(home()), 3) {})
        })
    }
}
