package cn.redvest.app.report

import android.view.View
import cn.redvest.app.Page
import cn.redvest.app.R
import cn.redvest.app.place.PlaceMap
import cn.redvest.app.ui.Frame
import cn.redvest.app.ui.Loud
import cn.redvest.app.ui.Type
import cn.redvest.app.ui.button
import cn.redvest.app.ui.column
import cn.redvest.app.ui.footer
import cn.redvest.app.ui.text
import cn.redvest.core.CategoryRow
import cn.redvest.core.Fix
import cn.redvest.core.GridRow
import cn.redvest.core.PlaceView
import cn.redvest.core.Position
import cn.redvest.sdk.RedVest
import kotlinx.coroutines.Job

/** The steps on which a category, a grid or a point is chosen, alike for a report and for a ticket. Each takes the whole [page]. */
class Choosing(private val page: Page, private val back: () -> Unit) {
    private val ui get() = page.ui
    private val gridPath = ArrayList<GridRow>()
    private var finding: Job? = null

    /** Finds something; what was looked for before is no longer wanted, so that it cannot come later and stand there. */
    private fun latest(find: suspend (RedVest) -> Unit) {
        finding?.cancel()
        finding = page.doing(find)
    }

    /** Chooses a category. */
    fun category(chosen: (CategoryRow) -> Unit) {
        val frame = Frame(ui, ui.say(R.string.choose_category), back)
        var open: String? = null
        lateinit var search: Search
        fun find(text: String): Unit = latest { core ->
            val found = core.ask { catalogue(text.ifEmpty { null }) }
            fun draw() {
                search.show(ui.categories(found, text.isNotEmpty(), open, { group -> open = group.takeIf { it != open }; draw() }, chosen))
            }
            draw()
        }
        search = Search(ui, R.string.search_category, ::find)
        frame.body(search.view)
        page.setContentView(frame)
        find("")
    }

    /** The next grid is looked for from the top of the tree. */
    fun fromTheTop(): Unit = gridPath.clear()

    /** Picks a grid from the tree. */
    fun grid(chosen: (GridRow) -> Unit) {
        val frame = Frame(ui, ui.say(R.string.pick_grid), back)
        lateinit var search: Search
        fun find(text: String): Unit = latest { core ->
            val (rows, recent) = core.ask { grids(gridPath.lastOrNull()?.code.takeIf { text.isEmpty() }, text.ifEmpty { null }) to recentGrids() }
            val path = if (text.isEmpty()) gridPath.toList() else emptyList()
            search.show(ui.grids(
                recent.takeIf { text.isEmpty() }.orEmpty(), rows, path,
                up = { gridPath.removeAt(gridPath.lastIndex); find("") }, into = { gridPath += it; find("") }, chosen = chosen,
            ))
        }
        search = Search(ui, R.string.search_grid, ::find)
        frame.body(search.view)
        page.setContentView(frame)
        find("")
    }

    /** Moves the pin from [start]; [moved] hears of every move, [chosen] where it is left. */
    fun pin(start: Position, fix: Fix?, place: PlaceView?, moved: (Position) -> Unit, chosen: (Position) -> Unit) {
        var at = start
        val map = PlaceMap(ui) { at = it; moved(it) }.apply { show(start, fix, place) }
        val frame = Frame(ui, ui.say(R.string.pin_title), back)
        frame.body(ui.column(8) {
            put(ui.text(ui.say(R.string.pin_more), Type.Soft))
            put(map, height = ui.dp(360))
        })
        val buttons = ArrayList<View>()
        fix?.let { buttons += ui.button(ui.say(R.string.pin_back)) { map.move(fix.position) } }
        buttons += ui.button(ui.say(R.string.pin_here), Loud.Main) { chosen(at) }
        frame.foot(ui.footer(*buttons.toTypedArray()))
        page.setContentView(frame)
    }
}
