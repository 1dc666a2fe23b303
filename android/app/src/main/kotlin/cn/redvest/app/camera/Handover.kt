package cn.redvest.app.camera

import android.content.ContentProvider
import android.content.ContentValues
import android.database.Cursor
import android.net.Uri
import android.os.ParcelFileDescriptor
import java.io.File
import java.io.FileNotFoundException

/** Lets the phone's own camera app write one photo into a place that this app chose, and nothing else. */
class Handover : ContentProvider() {
    override fun onCreate(): Boolean = true

    override fun openFile(uri: Uri, mode: String): ParcelFileDescriptor {
        val name = uri.lastPathSegment.orEmpty()
        val folder = File(requireNotNull(context) { "a provider that is asked was created" }.noBackupFilesDir, FOLDER)
        val file = File(folder, name)
        if (file.canonicalFile.parentFile != folder.canonicalFile) throw FileNotFoundException(name)
        return ParcelFileDescriptor.open(file, ParcelFileDescriptor.parseMode(mode))
    }

    override fun getType(uri: Uri): String = "image/jpeg"

    override fun query(
        uri: Uri, projection: Array<out String>?, selection: String?, selectionArgs: Array<out String>?, sortOrder: String?,
    ): Cursor? = null

    override fun insert(uri: Uri, values: ContentValues?): Uri? = null

    override fun update(uri: Uri, values: ContentValues?, selection: String?, selectionArgs: Array<out String>?): Int = 0

    override fun delete(uri: Uri, selection: String?, selectionArgs: Array<out String>?): Int = 0

    companion object {
        /** The folder of photos that wait for the core to take them. */
        const val FOLDER: String = "shots"

        /** What the camera app is told about a file in that folder. */
        fun uriOf(file: File): Uri = Uri.parse("content://cn.redvest.app.handover/${Uri.encode(file.name)}")
    }
}
