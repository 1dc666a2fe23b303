package cn.redvest.app.review

import android.content.Context
import android.content.Intent
import android.graphics.Bitmap
import android.os.Bundle
import cn.redvest.app.Page
import cn.redvest.app.R
import cn.redvest.app.parts.decode
import cn.redvest.app.ticket.TicketActivity
import cn.redvest.app.ui.Frame
import cn.redvest.app.ui.Tone
import cn.redvest.app.ui.banner
import cn.redvest.core.Act
import cn.redvest.core.Device
import cn.redvest.core.Judge
import cn.redvest.core.Reason
import cn.redvest.core.SendBack
import cn.redvest.core.TicketDetail
import cn.redvest.core.TicketRow
import cn.redvest.core.Work
import cn.redvest.sdk.RedVestFailure
import cn.redvest.sdk.by
import cn.redvest.sdk.syncOptions
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.flatMapLatest
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

/** What was done with so far, and what is looked at. */
private data class Turn(val past: List<String>, val current: String?)

/** What the core says of a turn. */
private data class Found(val detail: TicketDetail?, val left: Int, val putOff: Int, val reasons: List<Reason>)

/**
 * The review: tickets that wait for this member's verdict, what expires next first, one after the other. What was looked
 * at and filled in stays over a rotation and the end of the process.
 */
class ReviewActivity : Page(), ReviewActs {
    private lateinit var turn: MutableStateFlow<Turn>
    private lateinit var view: ReviewView
    private lateinit var frame: Frame
    private var found: Found? = null
    private var told: Told? = null
    private var index = 0
    private var chosen: List<String>? = null
    private var asksForMore = false
    private var pictures: Map<String, Bitmap?> = emptyMap()
    private var judging = false
    private var judgedAt = Long.MIN_VALUE

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        val kept = savedInstanceState
        turn = MutableStateFlow(
            Turn(kept?.getStringArrayList(PAST).orEmpty(), if (kept == null) intent.getStringExtra(TICKET) else kept.getString(TICKET)),
        )
        view = ReviewView(ui, this)
        if (kept != null) restore(kept)
        newFrame()
        if (kept == null) fetch()
    }

    /** Fetches the copies for judging, which a sync in the background leaves out while it has to save data. */
    private fun fetch() {
        app.scope.launch {
            try {
                app.redVest().sync(syncOptions(originals = false, reviewCopies = true))
            } catch (_: RedVestFailure) {
                // What is not here is shown as waiting; the screen of syncs says why.
            }
        }
    }

    private fun restore(kept: Bundle) {
        index = kept.getInt(INDEX)
        chosen = kept.getStringArrayList(CHOSEN)
        asksForMore = kept.getBoolean(ASKS_FOR_MORE)
        view.words.setText(kept.getString(WORDS))
        view.pair.zoom = Zoom(kept.getFloat(SCALE, 1f), kept.getFloat(X), kept.getFloat(Y))
        told = kept.getString(TOLD)?.let { Told(Tone.valueOf(kept.getString(TONE, Tone.Info.name)), it, kept.getString(MORE)) }
    }

    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        outState.putStringArrayList(PAST, ArrayList(turn.value.past))
        outState.putString(TICKET, turn.value.current)
        outState.putInt(INDEX, index)
        outState.putStringArrayList(CHOSEN, chosen?.let(::ArrayList))
        outState.putBoolean(ASKS_FOR_MORE, asksForMore)
        outState.putString(WORDS, view.words.text.toString())
        outState.putFloat(SCALE, view.pair.zoom.scale)
        outState.putFloat(X, view.pair.zoom.x)
        outState.putFloat(Y, view.pair.zoom.y)
        outState.putString(TOLD, told?.words)
        outState.putString(MORE, told?.more)
        outState.putString(TONE, told?.tone?.name)
    }

    private fun newFrame() {
        frame = Frame(ui, ui.say(R.string.nav_review), ::finish)
        setContentView(frame)
    }

    @OptIn(ExperimentalCoroutinesApi::class)
    override suspend fun follow() {
        turn.flatMapLatest { now -> watch { find(now) }.map { now to it } }.collectLatest { (now, found) ->
            // A verdict under way says itself what became of its ticket; what was found before it is of no use after it.
            if (!judging && now == turn.value) show(now, found)
        }
    }

    private fun Device.find(turn: Turn): Found {
        val rows = ArrayList<TicketRow>()
        var next: String? = null
        do {
            val page = workList(Work.REVIEW, next)
            rows += page.rows
            next = page.next
        } while (next != null)
        val left = rows.filter { it.ticket !in turn.past }
        val row = left.find { it.ticket == turn.current } ?: left.firstOrNull()
        return Found(row?.let { ticket(it.ticket) }, left.size, rows.size - left.size, reasons().sentBack)
    }

    private suspend fun show(now: Turn, to: Found) {
        val ticket = to.detail?.row?.ticket
        if (ticket != now.current) {
            // It was judged or taken back by somebody else while it was looked at.
            if (now.current != null) told = Told(Tone.Info, ui.say(R.string.review_gone))
            begin(Turn(now.past, ticket))
            return
        }
        found = to
        draw()
        read()
    }

    /** Turns to a ticket, with nothing filled in and the whole photos. */
    private fun begin(with: Turn) {
        index = 0
        chosen = null
        asksForMore = false
        pictures = emptyMap()
        view.words.setText("")
        view.pair.zoom = Zoom()
        newFrame()
        turn.value = with
    }

    /** Reads the pictures that are shown now, off the main thread. */
    private suspend fun read() {
        val wanted = wanted().filter { it !in pictures }
        if (wanted.isEmpty()) return
        pictures = pictures + withContext(Dispatchers.IO) { wanted.associateWith { decode(it, LARGE) } }
        draw()
    }

    private fun wanted(): List<String> {
        val pairs = pairsOf(found?.detail ?: return emptyList())
        val shown = pairs[index.coerceIn(pairs.indices)]
        return listOfNotNull(shown.before, shown.after).mapNotNull(::pathOf)
    }

    private fun draw() {
        val reading = wanted().any { it !in pictures }
        val now = found ?: return
        val past = turn.value.past.size
        frame.title(if (now.detail == null) ui.say(R.string.nav_review) else ui.say(R.string.review_of, past + 1, past + now.left))
        val state = ReviewState(now.detail, app.now(), told, index, pictures, reading, now.reasons, chosen, now.putOff, asksForMore)
        frame.body(view.body(state))
        frame.foot(view.foot(state))
    }

    override fun pass() = judge(Act.PASS, R.string.review_passed) { of, said -> pass(of.row.ticket, Judge(of.rectification, emptyList(), null), by(said)) }

    override fun sendBack() {
        val reasons = chosen.orEmpty()
        asksForMore = reasons.isEmpty()
        if (asksForMore) return draw()
        judge(Act.SEND_BACK, R.string.review_sent_back) { of, said ->
            sendBack(of.row.ticket, SendBack(Judge(of.rectification, emptyList(), null), reasons), by(said))
        }
    }

    private fun judge(kind: Act, words: Int, verdict: Device.(TicketDetail, String?) -> Unit) {
        val of = found?.detail ?: return
        // The second tap of two must not judge the next ticket, which nobody has looked at.
        if (judging || app.now() - judgedAt in 0 until PAUSE) return
        judging = true
        val said = view.words.text.toString().trim().ifEmpty { null }.takeIf { chosen != null }
        act { core ->
            try {
                core.ask { verdict(of, said) }
                goOn(of, Told(Tone.Good, ui.say(words, nameOf(of))))
                app.scope.launch { app.look() }
            } catch (refusal: RedVestFailure.Law) {
                val why = ui.pick(refusal.zh, refusal.en)
                // Where the core still offers the act, something in the form is wrong, and the form stays.
                val offered = core.ask { ticket(of.row.ticket) }.acts
                if (kind in offered) stay(why) else goOn(of, Told(Tone.Bad, why, ui.say(R.string.review_not_judged, nameOf(of))))
            } finally {
                judging = false
            }
        }
    }

    private fun nameOf(detail: TicketDetail) = ui.name(detail.row.categoryZh, detail.row.categoryEn) + " " + detail.row.number

    private fun goOn(from: TicketDetail, with: Told?) {
        judgedAt = app.now()
        told = with
        judging = false
        begin(Turn(turn.value.past + from.row.ticket, null))
    }

    private fun stay(why: String) {
        told = Told(Tone.Bad, why)
        draw()
    }

    override fun choose(reasons: List<String>?) {
        chosen = reasons
        if (reasons == null) asksForMore = false
        told = null
        draw()
    }

    override fun skip() {
        found?.detail?.let { goOn(it, null) }
    }

    override fun look(index: Int) {
        this.index = index
        view.pair.zoom = Zoom()
        draw()
        scope.launch { read() }
    }

    override fun open() {
        found?.detail?.let { startActivity(TicketActivity.intent(this, it.row.ticket)) }
    }

    override fun again() {
        told = null
        begin(Turn(emptyList(), null))
    }

    override fun leave(): Unit = finish()

    override fun failed(failure: RedVestFailure) {
        val why = ui.pick(failure.zh, failure.en)
        if (found == null) frame.body(ui.banner(Tone.Bad, R.drawable.ic_warning, why)) else stay(why)
    }

    /** Back leaves the reasons before it leaves the screen. */
    @Deprecated("Its replacement came with API 33.")
    @Suppress("DEPRECATION")
    override fun onBackPressed(): Unit = if (chosen != null) choose(null) else super.onBackPressed()

    companion object {
        private const val TICKET = "ticket"
        private const val PAST = "past"
        private const val INDEX = "index"
        private const val CHOSEN = "chosen"
        private const val ASKS_FOR_MORE = "asks_for_more"
        private const val WORDS = "words"
        private const val SCALE = "scale"
        private const val X = "x"
        private const val Y = "y"
        private const val TOLD = "told"
        private const val MORE = "more"
        private const val TONE = "tone"

        /** Pixels of the shorter side that a screen shows at most: twice as many as fit, for a closer look. */
        private const val LARGE = 1080

        /** For so long after a verdict another one is no wish, in ms. */
        private const val PAUSE = 600L

        /** Opens the review, with this ticket first if one is named. */
        fun intent(context: Context, ticket: String? = null): Intent =
            Intent(context, ReviewActivity::class.java).putExtra(TICKET, ticket)
    }
}
