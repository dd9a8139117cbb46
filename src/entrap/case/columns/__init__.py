"""Files of columns as laboratories have them: text, workbooks, Parquet, NetCDF."""
