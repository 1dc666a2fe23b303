package cn.redvest.app.report

import android.text.Editable
import android.text.TextWatcher
import android.view.View
import android.widget.EditText
import android.widget.FrameLayout
import cn.redvest.app.R
import cn.redvest.app.ui.Tone
import cn.redvest.app.ui.Type
import cn.redvest.app.ui.Ui
import cn.redvest.app.ui.beside
import cn.redvest.app.ui.button
import cn.redvest.app.ui.card
import cn.redvest.app.ui.chip
import cn.redvest.app.ui.choice
import cn.redvest.app.ui.column
import cn.redvest.app.ui.empty
import cn.redvest.app.ui.field
import cn.redvest.app.ui.flow
import cn.redvest.app.ui.group
import cn.redvest.app.ui.icon
import cn.redvest.app.ui.text
import cn.redvest.core.CatalogueView
import cn.redvest.core.CategoryRow
import cn.redvest.core.GridRow

/** A field that searches while somebody types, over what it finds. */
class Search(private val ui: Ui, hint: Int, private val find: (String) -> Unit) {
    private val found = FrameLayout(ui.context)

    /** What is searched for. */
    val text: EditText = ui.field(ui.say(R.string.search), hint = ui.say(hint)).apply { id = R.id.search }

    /** Both. */
    val view: View = ui.column(12) {
        put(text)
        put(found)
        text.setSingleLine()
        text.addTextChangedListener(object : TextWatcher {
            override fun afterTextChanged(s: Editable?) = find(s.toString().trim())
            override fun beforeTextChanged(s: CharSequence?, start: Int, count: Int, after: Int) = Unit
            override fun onTextChanged(s: CharSequence?, start: Int, before: Int, count: Int) = Unit
        })
    }

    /** Shows what was found. */
    fun show(what: View) {
        found.removeAllViews()
        found.addView(what)
    }
}

/** Categories to choose from: the last ones first, then groups, of which [open] shows what is in it. */
fun Ui.categories(
    catalogue: CatalogueView, searched: Boolean, open: String?, toggle: (String) -> Unit, chosen: (CategoryRow) -> Unit,
): View = column(10) {
    if (!searched && catalogue.recent.isNotEmpty()) {
        put(group(say(R.string.recent)))
        put(flow(8, views = catalogue.recent.map { choice(name(it.zh, it.en), false) { chosen(it) } }))
        put(group(say(R.string.all_categories)))
    }
    if (catalogue.groups.isEmpty()) {
        return@column put(empty(R.drawable.ic_search, say(R.string.nothing_found), say(R.string.nothing_found_more))).let {}
    }
    for (group in catalogue.groups) {
        val shown = searched || group.code == open
        if (searched) put(group(name(group.zh, group.en)))
        else put(groupRow(name(group.zh, group.en), group.categories.size, shown) { toggle(group.code) })
        if (shown) for (category in group.categories) put(categoryRow(category, chosen))
    }
}

private fun Ui.groupRow(name: String, size: Int, open: Boolean, act: () -> Unit): View =
    card(4, says = "$name, $size", act = act) {
        put(beside(12) {
            put(text(name, Type.Head), weight = 1f)
            put(text("$size", Type.Soft))
            put(icon(if (open) R.drawable.ic_close else R.drawable.ic_forward))
        })
    }

private fun Ui.categoryRow(category: CategoryRow, chosen: (CategoryRow) -> Unit): View {
    val name = name(category.zh, category.en)
    return beside(12) {
        minimumHeight = dp(56)
        setPadding(dp(16), dp(8), dp(16), dp(8))
        background = touchable(ground(R.color.surface, 14, R.color.line))
        contentDescription = name
        cn.redvest.app.ui.asButton(this) { chosen(category) }
        put(text(name, Type.Body), weight = 1f)
        if (category.urgent) put(chip(say(R.string.urgent), Tone.Bad))
    }
}

/** Grids to pick from: those used last, then the tree from the root down. */
fun Ui.grids(
    recent: List<GridRow>, rows: List<GridRow>, path: List<GridRow>, up: () -> Unit, into: (GridRow) -> Unit,
    chosen: (GridRow) -> Unit,
): View = column(10) {
    if (path.isEmpty() && recent.isNotEmpty()) {
        put(group(say(R.string.recent)))
        recent.forEach { put(gridRow(it, it.path, null, chosen)) }
        put(group(say(R.string.all_grids)))
    }
    if (path.isNotEmpty()) put(button(say(R.string.up_from, path.last().name), act = up))
    if (rows.isEmpty()) put(empty(R.drawable.ic_search, say(R.string.nothing_found), say(R.string.no_grids_more)))
    rows.forEach { put(gridRow(it, null, into.takeIf { _ -> it.hasChildren }, chosen)) }
}

private fun Ui.gridRow(row: GridRow, path: String?, into: ((GridRow) -> Unit)?, chosen: (GridRow) -> Unit): View = card(6) {
    put(text(row.name, Type.Head))
    put(text(path?.ifEmpty { null } ?: pick(row.levelZh, row.levelEn), Type.Soft))
    put(flow(8, stretch = true, views = listOfNotNull(
        button(say(R.string.choose_this)) { chosen(row) }.apply { contentDescription = "${say(R.string.choose_this)} ${row.name}" },
        into?.let { button(say(R.string.look_inside)) { it(row) }.apply { contentDescription = "${say(R.string.look_inside)} ${row.name}" } },
    )))
}
