package cn.redvest.app.looks

import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Paint
import cn.redvest.app.ui.Ui
import java.io.File

/** Room between two pictures of a sheet, and for the words over each, in pixels. */
private const val GAP = 16
private const val WORDS = 22

/** Draws one screen as every phone shows it: a contact sheet for each width. */
fun drawSheets(sample: Sample, folder: File, uis: Map<Look, Ui>): List<File> = Look.ALL.groupBy { it.width }.map { (width, looks) ->
    val tiles = looks.map { look ->
        val view = sample.build(uis.getValue(look))
        val height = layOutWhole(view, width, Look.HEIGHT)
        val tile = Bitmap.createBitmap(width, height, Bitmap.Config.ARGB_8888)
        view.draw(Canvas(tile))
        look to tile
    }
    val rows = tiles.chunked(if (width > 400) 4 else 8)
    val heights = rows.map { row -> row.maxOf { it.second.height } + WORDS + GAP }
    val columns = rows.maxOf { it.size }
    val sheet = Bitmap.createBitmap(GAP + columns * (width + GAP), GAP + heights.sum(), Bitmap.Config.ARGB_8888)
    val canvas = Canvas(sheet)
    canvas.drawColor(Color.rgb(120, 124, 130))
    val paint = Paint(Paint.ANTI_ALIAS_FLAG).apply {
        color = Color.WHITE
        textSize = 15f
    }
    var y = GAP
    rows.forEachIndexed { index, row ->
        row.forEachIndexed { column, (look, tile) ->
            val x = GAP + column * (width + GAP)
            canvas.drawText("${sample.name}  $look", x.toFloat(), y + 14f, paint)
            canvas.drawBitmap(tile, x.toFloat(), (y + WORDS).toFloat(), null)
        }
        y += heights[index]
    }
    File(folder.apply { mkdirs() }, "${sample.name}-$width.png").also { file ->
        file.outputStream().use { sheet.compress(Bitmap.CompressFormat.PNG, 100, it) }
    }
}
